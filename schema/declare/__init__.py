"""How the types of `schema/` declare their fields, arguments, ids and scalars."""
