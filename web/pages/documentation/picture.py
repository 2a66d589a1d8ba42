"""A picture of the types that the network is made of, and of how they lead to each other: drawn of the schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import cos, pi, sin

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type

# Around an ellipse, so that no line runs beneath a box: who has much to do with each other stands side by side.
TYPES = (
    "Event",
    "Registration",
    "Viewer",
    "Member",
    "GroupMembership",
    "Group",
    "GroupPost",
    "Topic",
    "District",
    "Offer",
    "OfferResponse",
)
_WIDTH, _HEIGHT, _ROW, _BOX = 1200, 900, 17, 240
_MOST_ROWS = 8


@dataclass(frozen=True)
class Box:
    """A type: where it stands, and its fields that lead to others, by name, with the type each leads to."""

    name: str
    x: float
    y: float
    fields: tuple[tuple[str, str], ...]

    @property
    def height(self) -> int:
        """In units of the picture, as all lengths here."""
        return _ROW * (len(self.fields) + 1) + 16

    @property
    def left(self) -> float:
        """Its left edge."""
        return self.x - _BOX / 2

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.y - self.height / 2

    def overlaps(self, other: "Box") -> bool:
        """Whether some of it would cover the other."""
        return abs(self.x - other.x) < _BOX and abs(self.y - other.y) < (self.height + other.height) / 2


def boxes(schema: GraphQLSchema) -> list[Box]:
    """The types, in their places."""
    made = []
    for number, name in enumerate(TYPES):
        angle = 2 * pi * number / len(TYPES) - pi / 2
        x = _WIDTH / 2 + (_WIDTH - _BOX - 20) / 2 * cos(angle)
        y = _HEIGHT / 2 + (_HEIGHT / 2 - 95) * sin(angle)
        made.append(Box(name, x, y, tuple(_leading(schema, name))[:_MOST_ROWS]))
    return made


def _leading(schema: GraphQLSchema, name: str) -> Iterator[tuple[str, str]]:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    for field, declared in kind.fields.items():
        target = get_named_type(declared.type)
        if isinstance(target, GraphQLObjectType) and "nodes" in target.fields:  # a connection
            target = get_named_type(target.fields["nodes"].type)
        # What is the viewer's own of a list stands in the list, too.
        if target.name in TYPES and not field.startswith("viewer"):
            yield field, target.name


def page(schema: GraphQLSchema, root: str) -> str:
    """The picture, with what it shows."""
    return (
        "<h1>The types, as a picture</h1>\n<p>What the network is made of. In each box stand the fields that lead to "
        "another one; every name is a link into the reference.</p>\n"
        f'<div class="wide" tabindex="0">{drawn(schema, root)}</div>'
    )


def drawn(schema: GraphQLSchema, root: str) -> str:
    """The picture as SVG, every name in it a link into the reference."""
    made = {box.name: box for box in boxes(schema)}
    pairs = {frozenset((box.name, target)) for box in made.values() for _field, target in box.fields}
    lines = [_line(*(made[name] for name in sorted(pair))) for pair in sorted(pairs, key=sorted) if len(pair) == 2]
    shown = [_box(box, escape(root)) for box in made.values()]
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" aria-label="The types and how they lead to each other">\n'
        + "\n".join([*lines, *shown])
        + "\n</svg>"
    )


def _line(one: Box, other: Box) -> str:
    return f'<line x1="{one.x:.0f}" y1="{one.y:.0f}" x2="{other.x:.0f}" y2="{other.y:.0f}"/>'


def _box(box: Box, root: str) -> str:
    left, top = f"{box.left + 10:.0f}", box.top + 20
    name = f'<a href="{root}/docs#{box.name}"><text class="name" x="{left}" y="{top:.0f}">{box.name}</text></a>'
    rows = [
        f'<a href="{root}/docs#{box.name}.{field}"><text x="{left}" y="{top + _ROW * row:.0f}">{field}'
        f'<tspan class="to"> {target}</tspan></text></a>'
        for row, (field, target) in enumerate(box.fields, 1)
    ]
    frame = f'<rect x="{box.left:.0f}" y="{box.top:.0f}" width="{_BOX}" height="{box.height}" rx="8"/>'
    return "".join([frame, name, *rows])
