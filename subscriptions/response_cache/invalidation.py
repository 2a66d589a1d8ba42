"""Which cached answers a change makes stale: those that have one of its tags.

What an answer depends on is said by its fields (`schema.declare.fields`): of a noun any row, or only certain rows. What
a change touches it says itself (`Change.touches`).
"""

from collections.abc import Iterator

from subscriptions.changes import Change, Noun


def row_tags(noun: Noun, key: int) -> frozenset[str]:
    """The tags of what depends on this one row: changes of it, and those that don't say of which row they are."""
    return frozenset((f"{noun}/{key}", f"{noun}/*"))


def tags_of(change: Change) -> Iterator[str]:
    """The tags of what the change touches: of each noun any, and its row, where it names it."""
    for noun in change.touches:
        yield noun.value
        yield f"{noun}/{getattr(change, f'{noun}_id', '*')}"
