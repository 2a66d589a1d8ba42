"""Synonyms as the index knows them: a good set to begin with, and the terms of each group."""

from models import SynonymGroup, SynonymTerm
from models.search.analysis import analyse, is_everyday
from models.search.synonyms import first_groups
from resolvers.search.indexing import rebuild
from subscriptions.outbox import Changes, Outbox


async def store_synonyms(outbox: Outbox) -> None:
    """Store the set that comes with the server where the database has none yet. Two processes store it once."""

    async def work(changes: Changes) -> None:
        if await SynonymGroup.exists():
            return
        groups = first_groups()
        await SynonymGroup.bulk_create(groups)
        stored = await SynonymGroup.all()
        await SynonymTerm.bulk_create(term for group in stored for term in _terms(group))
        await rebuild()

    await outbox.write(work)


async def store_terms(group: SynonymGroup) -> None:
    """Write the terms of a group anew, within the transaction that changed it.

    Who searches finds by them at once. What stands in entries as several words is found when `rebuild` is done.
    """
    await SynonymTerm.filter(group_id=group.id).delete()
    await SynonymTerm.bulk_create(_terms(group))


def _terms(group: SynonymGroup) -> list[SynonymTerm]:
    wide = dict.fromkeys(term for word in group.words if (term := term_of(word)))
    narrow = dict.fromkeys(term for word in group.narrower if (term := term_of(word)) and term not in wide)
    return [SynonymTerm(group_id=group.id, term=term[:200], narrower=term in narrow) for term in (*wide, *narrow)]


def term_of(words: str) -> str:
    """The term of a word as typed; of several words the terms of the first two that are no stop words.

    Empty for none, and for an everyday word: it means too much to mean the same as another.
    """
    terms = [token.term for token in analyse(words) if token.term][:2]
    return "" if len(terms) == 1 and is_everyday(terms[0]) else " ".join(terms)
