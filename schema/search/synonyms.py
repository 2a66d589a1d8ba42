"""Synonyms, as the API says them."""

from typing import Annotated

import strawberry

from models import SynonymGroup
from resolvers import synonyms
from schema.declare.fields import plain, root
from schema.declare.info import Info
from schema.declare.inputs import key_or_nobody
from schema.declare.mutations import mutation, user_errors
from schema.nodes import Node, node
from schema.user_errors import UserError
from subscriptions.changes import Noun


@node(SynonymGroup, synonyms.synonyms_by_id, "Words that mean the same to a search: who types one finds the others.")
class Synonyms(Node):
    words: list[str] = plain("The words, as the office wrote them.")
    narrower: list[str] = plain(
        "Words of something narrower: who looks for one of `words` finds them too, and not the other way round."
    )


@strawberry.type
class SynonymsQueries:
    synonyms: list[Synonyms] = root(
        synonyms.synonyms,
        "All synonyms that the coordination office keeps, the oldest first.",
        depends_on={Noun.TOWN},
        size=1000,
    )


@strawberry.type(description="What became of synonyms.")
class SynonymsPayload:
    synonyms: Synonyms | None = strawberry.field(
        default=None, description="They as they are now. Null with `userErrors`, and where they were deleted."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class SynonymsMutations:
    @mutation(
        SynonymsPayload,
        "The coordination office says which words mean the same to a search, from the next search on. LIMIT_REACHED "
        "where there are as many synonyms as are allowed.",
    )
    async def save_synonyms(
        self,
        info: Info,
        words: Annotated[
            list[str],
            strawberry.argument(
                description="The words, all of them: at most 20, each at most 60 characters on one line. One that is "
                "written twice counts once. With `id` an empty list deletes the synonyms."
            ),
        ],
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Those to change; left out or null: new ones.")
        ] = strawberry.UNSET,
        narrower: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Words of something narrower, likewise, all of them; left out or null: as they were. "
                "Together with `words` at least two."
            ),
        ] = strawberry.UNSET,
    ) -> SynonymsPayload | None:
        key = None if id is None or id is strawberry.UNSET else key_or_nobody("Synonyms", id)
        below = None if narrower is strawberry.UNSET else narrower
        return SynonymsPayload(synonyms=await synonyms.save_synonyms(info.context, key, words, below))  # type: ignore[arg-type]
