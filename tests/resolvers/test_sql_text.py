"""What clients write is bound to statements as values: it never stands in the text of one."""

from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_required_argument,
)

from models import District, Topic
from tests.statements import statements
from tests.world import SCHEMA, World

MARK = "zqxmark"
NUMBER = 51.987654
_PAGE = "{ totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor } }"
# They count or name something else than rows.
_OTHER = {"first", "last", "after", "before"}


def filled(type: GraphQLInputType) -> Any:
    """A value of the type that has the mark wherever a client writes text, and the number wherever one writes that."""
    if isinstance(type, GraphQLNonNull):
        return filled(type.of_type)
    if isinstance(type, GraphQLList):
        one = filled(type.of_type)
        return None if one is None else [one]
    if isinstance(type, GraphQLInputObjectType):
        values = {name: filled(field.type) for name, field in type.fields.items()}
        return {name: value for name, value in values.items() if value is not None}
    return {"String": MARK, "Float": NUMBER}.get(get_named_type(type).name)


def variants(arguments: dict[str, GraphQLArgument]) -> Iterator[dict[str, Any]]:
    """Variables for all arguments, for each sort that there is; of a filter all fields, and its text and circle."""
    given = {name: filled(argument.type) for name, argument in arguments.items() if name not in _OTHER}
    given = {name: value for name, value in given.items() if value is not None}
    filter = given.get("filter", {})
    fewer = (
        {**given, "filter": {name: filter[name] for name in ("text", "near") if name in filter}} if filter else given
    )
    sort = get_named_type(arguments["sort"].type) if "sort" in arguments else None
    sorts = [{"sort": name} for name in sort.values] if isinstance(sort, GraphQLEnumType) else [{}]
    for chosen in sorts:
        yield {**given, **chosen}
        yield {**fewer, **chosen}


def document(kind: str, name: str, field: GraphQLField) -> str:
    """A document that reads all of the field's rows by variables of the names of its arguments."""
    type = get_named_type(field.type)
    is_page = isinstance(type, GraphQLObjectType) and "edges" in type.fields
    declared = ", ".join(f"${name}: {argument.type}" for name, argument in field.args.items())
    taken = ", ".join(f"{name}: ${name}" for name in field.args)
    return f"{kind} ({declared}) {{ {name}({taken}) {_PAGE if is_page else '{ __typename }'} }}"


def asks_for_text(field: GraphQLField) -> bool:
    """Whether the field can be asked by text alone."""
    values = [(argument, filled(argument.type)) for name, argument in field.args.items() if name not in _OTHER]
    return any(MARK in str(value) for _argument, value in values) and not any(
        value is None and is_required_argument(argument) for argument, value in values
    )


async def marked(world: World) -> None:
    """Rows that the text and the circle find."""
    await Topic.create(slug=MARK, name=MARK, name_key=MARK)
    await District.create(slug=MARK, name=MARK, name_key=MARK)
    venue: dict[str, Any] = {"venue_name": "Ort", "venue_latitude": NUMBER, "venue_longitude": NUMBER}
    for _number in range(2):
        await world.offer(MARK, **venue)
        await world.event(MARK, **venue)
        await world.group(MARK)
        await world.member(MARK)


async def test_no_text_of_a_query_stands_in_that_of_a_statement(world: World) -> None:
    await marked(world)
    schema: GraphQLSchema = build_schema(SCHEMA.as_str())
    assert schema.query_type is not None
    fields = {name: field for name, field in schema.query_type.fields.items() if asks_for_text(field)}
    assert {"offers", "events", "groups", "members", "search", "offer", "group"} <= fields.keys()
    with statements() as sent:
        for name, field in fields.items():
            paged = 0
            for variables in variants(field.args):
                found = (await world.data(document("query", name, field), **variables))[name]
                if "after" in field.args and found["pageInfo"]["endCursor"]:
                    paged += 1
                    after = found["edges"][0]["cursor"]
                    await world.data(document("query", name, field), **variables, after=after)
            assert paged or "after" not in field.args, name
    assert [statement.sql for statement in sent if MARK in statement.sql or str(NUMBER) in statement.sql] == []
    values = str([statement.values for statement in sent])
    assert MARK in values
    assert str(NUMBER) in values


async def test_no_text_of_a_subscription_stands_in_that_of_a_statement(world: World) -> None:
    await marked(world)
    schema = build_schema(SCHEMA.as_str())
    assert schema.subscription_type is not None
    field = schema.subscription_type.fields["liveOffers"]
    with statements() as sent:
        for variables in variants(field.args):
            live = world.subscribe(document("subscription", "liveOffers", field), **variables, first=2)
            async with aclosing(live) as updates:
                assert not (await anext(updates)).errors
    assert [statement.sql for statement in sent if MARK in statement.sql or str(NUMBER) in statement.sql] == []
    assert MARK in str([statement.values for statement in sent])
