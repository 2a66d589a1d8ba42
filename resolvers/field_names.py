"""What the schema calls what is stored."""

from tortoise.models import Model


def field_of(model: type[Model], column: str) -> str:
    """What the schema calls the field that shows a column: of `district_id`, which refers to a district, `district`.

    What is no column of the model, such as its topics, has its own name.
    """
    reference = getattr(model._meta.fields_map.get(column), "reference", None)
    return camel(column if reference is None else reference.model_field_name)[0]


def camel(name: str) -> tuple[str, ...]:
    """The path of a field as the schema spells it: `venue.postal_code` is `("venue", "postalCode")`."""
    parts = []
    for part in name.split("."):
        first, *rest = part.split("_")
        parts.append(first + "".join(word.title() for word in rest))
    return tuple(parts)
