"""The schema as graphql-core alone executes it, to compare with: made once, for making it takes long."""

from schema.roots import build

STOCK = build(breadth_first=False)
