"""Synonyms: words that mean the same to a search, kept by the office."""

from collections.abc import Sequence

from auth.access.rows import EVERYTHING, by_keys
from auth.access.synonyms import synonyms_to_save
from models import SynonymGroup
from models.text.folding import fold
from resolvers.context import Context
from resolvers.inputs.validation import TOO_MANY_ENTRIES, Check
from resolvers.search.indexing import rebuild
from resolvers.search.synonyms import store_terms, term_of
from resolvers.translation import _, _n
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.changes import SynonymsChanged
from subscriptions.outbox import Changes

_FEWEST, _MOST, _LONGEST = 2, 20, 60


async def synonyms(ctx: Context, columns: frozenset[str]) -> list[SynonymGroup]:
    """All groups of synonyms, the oldest first."""
    return await SynonymGroup.all().order_by("id")


async def synonyms_by_id(ctx: Context, keys: Sequence[int], columns: frozenset[str]) -> dict[int, SynonymGroup]:
    """The groups of synonyms of these keys, by key."""
    return await by_keys(SynonymGroup, EVERYTHING, keys)


async def save_synonyms(
    ctx: Context, key: int | None, words: Sequence[str], narrower: Sequence[str] | None = None
) -> SynonymGroup | None:
    """Make a group of synonyms, or, with `key`, change one; without words that one is deleted, and there is None.

    Who looks for one of the `words` finds the others, and the `narrower` ones; who looks for a narrower one finds that
    alone. Where these are None they stay as they are.

    What is searched from then on finds by them, for they are looked up by the words of a search. What stands in
    entries as several words is found once the job has indexed them anew. Raises `Unauthenticated`, `Forbidden`,
    `NotFound`, `UserErrors`.
    """
    check = Check()
    kept = _judged(check, "words", words)
    below = None if narrower is None else _judged(check, "narrower", narrower)
    if not check.errors and not words and (key is None or below):
        check.fail("words", UserErrorCode.REQUIRED, _("Please fill this in."))

    async def act(changes: Changes, group: SynonymGroup | None) -> SynonymGroup | None:
        if group is None:
            await _must_have_room(ctx)
            group = SynonymGroup(words=[], narrower=[])
        if not kept:
            await group.delete()  # its terms go with it
        elif not await _stored(group, kept, group.narrower if below is None else below):
            return group
        changes.tell(SynonymsChanged(group.id))
        return group if kept else None

    return await change(ctx, lambda: synonyms_to_save(ctx.viewer, key), act, check)


async def _stored(group: SynonymGroup, words: list[str], narrower: list[str]) -> bool:
    """Store what the group holds from now on; whether that is anything else. Raises `UserErrors`."""
    if (group.words, group.narrower) == (words, narrower):
        return False
    if len({fold(word) for word in (*words, *narrower)}) < _FEWEST:
        raise refuse(("words",), UserErrorCode.TOO_SHORT, _("At least two different words, please."))
    before = {*group.words, *group.narrower}
    group.words, group.narrower = words, narrower
    await group.save()
    await store_terms(group)
    if any(" " in term_of(word) for word in (*words, *narrower) if word not in before):
        await rebuild()
    return True


def _judged(check: Check, name: str, words: Sequence[str]) -> list[str]:
    """The words as they are stored, each once however it is written; what is wrong with them goes to `check`."""
    if len(words) > _MOST:
        check.fail(name, UserErrorCode.TOO_LONG, TOO_MANY_ENTRIES, most=_MOST)
        return []
    kept: dict[str, str] = {}
    for number, word in enumerate(words):
        line = check.line(f"{name}.{number}", {str(number): word}, longest=_LONGEST, required=True)
        if line is not None and not term_of(line):
            check.fail(f"{name}.{number}", UserErrorCode.INVALID, _("Nobody searches by this word."))
        elif line is not None:
            kept.setdefault(fold(line), line)
    return list(kept.values())


async def _must_have_room(ctx: Context) -> None:
    """Raises `UserErrors` where there are as many groups as are allowed."""
    most = ctx.rules.synonyms_limit
    if await SynonymGroup.all().count() >= most:
        text = _n("There is {most} group of synonyms already.", "There are {most} groups of synonyms already.", "most")
        raise refuse((), UserErrorCode.LIMIT_REACHED, text, most=most)
