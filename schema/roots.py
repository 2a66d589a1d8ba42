"""The roots: every query, mutation and subscription of the API, put together from those of the nouns."""

from functools import cache

import strawberry
from graphql import lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig

from schema.accounts.api_keys import ApiKeyMutations, ApiKeyQueries
from schema.accounts.applications import ApplicationMutations
from schema.accounts.credentials import CredentialMutations
from schema.accounts.privacy import PrivacyMutations
from schema.accounts.second_factor import SecondFactorMutations
from schema.accounts.viewer import AccountMutations, AccountQueries
from schema.audit import AuditQueries
from schema.declare.arguments import required
from schema.declare.fields import EVERYTHING, root
from schema.declare.prices import Size
from schema.declare.scalars import SCALARS
from schema.documents.bounds import Bounds
from schema.events import EventMutations, EventQueries
from schema.execution.planned_schema import OPERATION_CACHE_BYTES, PlannedSchema
from schema.execution.strawberry_hook import BreadthFirst
from schema.execution.turns import Turns
from schema.groups import GroupMutations, GroupQueries
from schema.live import Subscription
from schema.matching.saved_searches import SavedSearchMutations
from schema.members import InvitationMutations, MemberMutations, MemberQueries
from schema.moderation.hiding import ModerationMutations
from schema.moderation.reports import ReportMutations, ReportQueries
from schema.network import NetworkQueries
from schema.nodes import Node, live_cursor, many_nodes, one_node, shown_nodes
from schema.offers import MatchMutations, OfferMutations, OfferQueries
from schema.operations.admission import Admitted
from schema.operations.extensions import CompiledOperation, UpdateCursor
from schema.search.queries import SearchQueries
from schema.search.suggestions import SuggestionQueries
from schema.search.synonyms import SynonymsMutations, SynonymsQueries
from schema.semantic_nulls import semantic_non_nulls, with_semantic_nulls
from schema.strawberry_internals import graphql_schema
from schema.town import TownMutations


@strawberry.type(description="Everything that can be asked.")
class Query(
    AccountQueries,
    ApiKeyQueries,
    AuditQueries,
    EventQueries,
    GroupQueries,
    MemberQueries,
    NetworkQueries,
    OfferQueries,
    ReportQueries,
    SearchQueries,
    SuggestionQueries,
    SynonymsQueries,
):
    live_cursor: str = live_cursor()
    node: Node | None = root(
        one_node,
        "An object by its opaque id; null where there is nothing that the viewer may see.",
        depends_on=EVERYTHING,
        shows=shown_nodes,
        arguments={"id": required(strawberry.ID, "The opaque id of the object.")},
    )
    nodes: list[Node | None] = root(
        many_nodes,
        "Objects by their opaque ids, in the order asked; null where there is nothing that the viewer may see.",
        depends_on=EVERYTHING,
        shows=shown_nodes,
        size=Size("ids", default=0, most=100),
        arguments={"ids": required(list[strawberry.ID], "The opaque ids, at most 100.")},
    )


@strawberry.type(
    description="Everything that can be done. A field is null with a top-level error where it was refused or failed, "
    "so that those before it in the document keep their answers. With `userErrors` nothing was changed."
)
class Mutation(
    AccountMutations,
    ApiKeyMutations,
    ApplicationMutations,
    CredentialMutations,
    EventMutations,
    GroupMutations,
    InvitationMutations,
    MatchMutations,
    MemberMutations,
    ModerationMutations,
    OfferMutations,
    PrivacyMutations,
    ReportMutations,
    SavedSearchMutations,
    SecondFactorMutations,
    SynonymsMutations,
    TownMutations,
):
    pass


@cache
def sdl() -> str:
    """The served schema as SDL, sorted: what stands in schema/schema.graphql."""
    schema = graphql_schema(build())
    return with_semantic_nulls(print_schema(lexicographic_sort_schema(schema)), semantic_non_nulls(schema)) + "\n"


def build(
    *,
    breadth_first: bool = True,
    operation_cache_bytes: int = OPERATION_CACHE_BYTES,
    bounds: Bounds | None = None,
    turns: Turns | None = None,
) -> PlannedSchema:
    """The schema that is served, and printed into schema/schema.graphql.

    `breadth_first`: executed by `schema.operations`; else by graphql-core alone, to compare. `operation_cache_bytes` is
    what compiled operations may take, `bounds` what an operation may be, `turns` when one is executed.
    """
    bounds = bounds or Bounds()
    return PlannedSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not bounds.suggestions),
        execution_context_class=BreadthFirst if breadth_first else Admitted,
        extensions=[UpdateCursor, CompiledOperation],
        operation_cache_bytes=operation_cache_bytes,
        bounds=bounds,
        turns=turns,
    )
