"""Executes an operation by its plan, breadth first.

graphql-core walks every field of every object. Here each level is one step for all objects of the level: a relation is
one call of its batch function with all parents, and objects are written by code that was generated for the selection.
`executor` executes, `object_writer` and `page_writer` generate that code, `fast_path` goes from a document straight to
the bytes of its answer, `strawberry_hook` puts the executor into Strawberry.

Each root field by itself: one that isn't as expected (an error, a refusal deep below, null where there must be none, a
selection that can't be planned) is given to graphql-core alone, which says what is wrong as ever: the `fallback`. So
answers are the same, with one executor or the other: tests/schema/execution compares them.
"""
