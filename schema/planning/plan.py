"""What is to be done for an operation: its root fields, and for each the selected objects and their fields."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from graphql import FieldNode, OperationDefinitionNode
from tortoise.models import Model

from models.sql.projection import Selection
from schema.declare.fields import Relation
from schema.documents.introspection import Introspection
from schema.planning.arguments import Arguments


class From(Enum):
    """Where the value of a field comes from."""

    TYPE_NAME = auto()
    ID = auto()
    ATTRIBUTE = auto()
    METHOD = auto()
    # A method that needs to know of the operation, such as its language.
    METHOD_OF_INFO = auto()
    RELATION = auto()
    ROOT = auto()
    MUTATION = auto()
    LIVE_CURSOR = auto()
    # The update of a subscription.
    EVENT = auto()


@dataclass(slots=True)
class FieldPlan:
    """A field of an object, under one key of the answer."""

    key: str
    name: str
    origin: From
    # The name of the scalar, "enum", or None where it is an object.
    leaf: str | None
    nullable: bool
    is_list: bool
    items_nullable: bool
    arguments: Arguments
    method: Callable[..., Any] | None = None
    relation: Relation | None = None
    # By the name of its type: what is selected of the object.
    objects: dict[str, "ObjectPlan"] = field(default_factory=dict)
    # Of METHOD and RELATION: the columns of the row that it reads; None: nobody said.
    needs: frozenset[str] | None = None
    # The value is the row itself.
    within: bool = False
    # The attribute that holds the row that it leads to, where that was read with its parent.
    joined: str | None = None
    # Of an edge: the column of the row that it is made of.
    of_row: str | None = None
    # Of a page's edges or nodes: what writes them of records, by what these hold, what they are sorted by, and whether
    # bytes are selection; None where rows are needed. See `records.record_writer`.
    record_writers: dict[tuple[Any, ...], Callable[..., list[Any]] | None] = field(default_factory=dict)
    selection: Selection = field(default_factory=Selection)

    @property
    def one_object(self) -> "ObjectPlan | None":
        """What is selected of the object, where it can only be of one type."""
        return next(iter(self.objects.values())) if len(self.objects) == 1 and not self.is_abstract else None

    is_abstract: bool = False


@dataclass(slots=True)
class ObjectPlan:
    """What is selected of the objects of one type."""

    type_name: str
    # What its rows are, where they come from a table.
    model: type[Model] | None
    fields: list[FieldPlan]
    # By whether bytes are wanted, and joined rows are there: what makes the objects of a level, see
    # `object_writer.writer`.
    writers: dict[tuple[bool, bool], tuple[list[FieldPlan], Callable[..., list[Any]]]] = field(default_factory=dict)
    # The attributes with joined rows of which nothing but plain values is selected; None as long as nobody has asked.
    plain_joins: tuple[str, ...] | None = None


@dataclass(slots=True)
class RootPlan:
    """A root field of an operation, which is executed by itself."""

    key: str
    nodes: list[FieldNode]
    nullable: bool
    # The operation of this field alone, for graphql-core.
    alone: OperationDefinitionNode
    # None where no plan could be made, for this reason.
    field: FieldPlan | None = None
    reason: str = ""
    introspection: Introspection | None = None


@dataclass(slots=True)
class OperationPlan:
    """What is to be done for an operation: its root fields, in the order of the document."""

    type_name: str
    roots: list[RootPlan]
    # How many fields it has, at any depth.
    size: int
