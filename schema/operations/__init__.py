"""A document compiled once: parsed, validated, planned, priced, and what may be shared or cached of it.

`operation` is what is known of one, `operation_cache` keeps them. `schema.planning` plans it, `schema.execution`
executes it.
"""
