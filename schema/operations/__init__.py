"""A document compiled once: parsed, validated, planned, and what may be shared or cached of it.

`operation` is what is known of one, `operation_cache` keeps them. `planner` makes the `plan`: what is to be done, level
by level, and by `projections` what has to be read for it. `schema.execution` executes it.
"""
