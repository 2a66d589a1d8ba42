"""The reference of the schema: every type with its fields, what they take, who sees them, what they cost.

It is made once, of the schema that is served, by the first who asks. To search is to ask the server.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from graphql import (
    GraphQLNamedType,
    GraphQLSchema,
    Undefined,
    ast_from_value,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_introspection_type,
    is_object_type,
    is_scalar_type,
    is_union_type,
    print_ast,
)

from schema.declare.prices import VALUE, Price
from schema.documents.selections import metadata_of

_CONTENT = """<h1>Reference</h1>
<p>Every type of the API, as <a href="{root}/docs/schema.graphql" download>the SDL</a> has it, and
<a href="{root}/docs/types">as a picture</a>. What a field costs is said in points where it is more than one for each
object.</p>
<form role="search" action="{root}/docs" method="get">
<label>Search types, fields and descriptions<br><input type="search" name="q" value="{asked}" maxlength="100"></label>
<button>Search</button>
</form>
<nav class="types" aria-label="Types">
{contents}
</nav>
{sections}"""
# The kinds of types in the order of the page, and what each is called.
_KINDS: tuple[tuple[str, Any], ...] = (
    ("Types", is_object_type),
    ("Interfaces", is_interface_type),
    ("Unions", is_union_type),
    ("Inputs", is_input_object_type),
    ("Enums", is_enum_type),
    ("Scalars", is_scalar_type),
)
_ROOTS = ("Query", "Mutation", "Subscription")


@dataclass(frozen=True)
class _Section:
    """A type: its name, of which kind it is, what a search looks through, and how it is shown."""

    name: str
    kind: str
    text: str
    html: str


class Reference:
    """Its content, as HTML. `root` is the path below which the server is: empty, or such as `/api`."""

    def __init__(self, schema: GraphQLSchema, root: str) -> None:
        self._schema = schema
        self._root = escape(root)

    def shown(self, asked: str) -> str:
        """All of it, or what holds every word that is searched for."""
        words = asked.casefold().split()
        found = [one for one in self._sections if all(word in one.text for word in words)]
        kinds = dict.fromkeys(one.kind for one in found)
        contents = ""
        for kind in kinds:
            links = "".join(f"<li>{_link(one.name)}</li>" for one in found if one.kind == kind)
            contents += f"<h2>{kind}</h2>\n<ul>{links}</ul>\n"
        sections = "\n".join(one.html for one in found) or "<p>Nothing holds all of these words.</p>"
        content = _CONTENT.format(root=self._root, asked=escape(asked), contents=contents, sections=sections)
        # What a search has found leads to the whole.
        return content.replace('href="#', f'href="{self._root}/docs#')

    @cached_property
    def _sections(self) -> list[_Section]:
        return list(_sections_of(self._schema))


def _sections_of(schema: GraphQLSchema) -> Iterator[_Section]:
    named = {name: kind for name, kind in sorted(schema.type_map.items()) if not is_introspection_type(kind)}
    for name in _ROOTS:
        yield _section(schema, named.pop(name), "Operations")
    for title, is_of_kind in _KINDS:
        for kind in named.values():
            if is_of_kind(kind):
                yield _section(schema, kind, title)


def _section(schema: GraphQLSchema, kind: GraphQLNamedType, title: str) -> _Section:
    parts = [f'<section id="{kind.name}">', f"<h2><code>{kind.name}</code></h2>", _prose(kind.description)]
    if is_union_type(kind) or is_interface_type(kind):
        parts.append(f"<p>One of {', '.join(_link(one.name) for one in schema.get_possible_types(kind))}.</p>")
    if is_object_type(kind) and kind.interfaces:
        parts.append(f"<p>Is a {', '.join(_link(one.name) for one in kind.interfaces)}.</p>")
    members = [*_fields(kind), *_values(kind)]
    if members:
        parts.append(f"<dl>{''.join(members)}</dl>")
    html = "\n".join([*parts, "</section>"])
    return _Section(kind.name, title, re.sub(r"<[^>]*>", " ", html).casefold(), html)


def _fields(kind: Any) -> Iterator[str]:
    for name, field in getattr(kind, "fields", {}).items():
        arguments = getattr(field, "args", {})
        listed = f"({', '.join(arguments)})" if arguments else ""
        yield f'<dt id="{kind.name}.{name}"><code>{name}{listed}: {_type(field.type)}{_default(field)}</code></dt>'
        yield f"<dd>{_prose(field.description)}{_deprecated(field)}{_cost(field)}{_arguments(arguments.items())}</dd>"


def _values(kind: Any) -> Iterator[str]:
    if is_enum_type(kind):
        for name, value in kind.values.items():
            yield f'<dt id="{kind.name}.{name}"><code>{name}</code></dt>'
            yield f"<dd>{_prose(value.description)}{_deprecated(value)}</dd>"


def _arguments(arguments: Iterable[tuple[str, Any]]) -> str:
    shown = [
        f"<li><code>{name}: {_type(one.type)}{_default(one)}</code>{_prose(one.description)}{_deprecated(one)}</li>"
        for name, one in arguments
    ]
    return f"<ul>{''.join(shown)}</ul>" if shown else ""


def _cost(field: Any) -> str:
    """What it costs, where that isn't a point for each object: of an input's field a number of points."""
    price = metadata_of(field).get("price", VALUE)
    if isinstance(price, Price):
        each = f"{price.each} points for each object" if price.each != VALUE.each else ""
        once = f"{price.once} points once" if price.once else ""
        said = ", ".join(part for part in (each, once) if part)
    else:
        said = f"{price} points where it is given" if price else ""
    return f"<p>Costs {said}.</p>" if said else ""


def _deprecated(one: Any) -> str:
    reason = getattr(one, "deprecation_reason", None)
    return f"<p><strong>Deprecated.</strong> {escape(reason)}</p>" if reason is not None else ""


def _default(one: Any) -> str:
    default = getattr(one, "default_value", Undefined)
    literal = ast_from_value(default, one.type) if default is not Undefined else None
    return f" = {escape(print_ast(literal))}" if literal is not None else ""


def _type(type_: Any) -> str:
    name = get_named_type(type_).name
    return escape(str(type_)).replace(name, _link(name))


def _link(name: str) -> str:
    return f'<a href="#{name}">{name}</a>'


def _prose(text: str | None) -> str:
    shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text or "", quote=False))
    return "".join(f"<p>{part}</p>" for part in shown.split("\n\n") if part)
