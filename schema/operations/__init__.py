"""The executor: an operation is planned once, then executed breadth first.

graphql-core walks every field of every object. Here each level is one step for all objects of the level: a relation is
one call of its batch function with all parents, and objects are written by code that was generated for the selection.
`plan` says what is to be done, `projections` what has to be read for it, `object_writer` generates that code,
`executor` executes, `strawberry_hook` puts it into Strawberry.

Whatever isn't as expected (an error, a refusal, null where there must be none, a document that no plan can be made of)
is given back to graphql-core, which executes the whole operation and says what is wrong as ever. So answers are the
same, with one executor or the other: tests/schema/operations compares them.
"""
