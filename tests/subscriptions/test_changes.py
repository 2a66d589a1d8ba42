"""What is stored of a change, and read again: every kind, and what a newer version wrote."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import pytest

from subscriptions.changes import Change, MemberChanged, Noun, UnknownChange, read_change

KNOWN = [name for name in Change.kinds if name != "UnknownChange"]


def facts_of(kind: str) -> dict[str, Any]:
    """Facts of a kind, each another value."""
    return {one.name: 7 + number for number, one in enumerate(fields(Change.kinds[kind]))}


@pytest.mark.parametrize("kind", KNOWN)
def test_every_kind_is_stored_under_its_name_with_its_facts_and_read_again(kind: str) -> None:
    facts = facts_of(kind)
    change = read_change(kind, facts)
    assert type(change) is Change.kinds[kind]
    assert (change.kind, change.facts()) == (kind, facts)
    assert change == Change.kinds[kind](**facts)


@pytest.mark.parametrize("kind", KNOWN)
def test_what_has_other_facts_than_this_version_knows_is_kept_as_it_is(kind: str) -> None:
    for facts in (facts_of(kind) | {"mood": "good"}, dict(list(facts_of(kind).items())[1:]), {"mood": "good"}):
        if facts.keys() == facts_of(kind).keys():
            continue  # a kind without facts
        change = read_change(kind, facts)
        assert change == UnknownChange(kind, facts)
        assert (change.kind, change.facts()) == (kind, facts)


def test_what_a_newer_version_wrote_may_have_changed_anything() -> None:
    change = read_change("MemberSang", {"song": 1})
    assert change == UnknownChange("MemberSang", {"song": 1})
    assert change.touches == set(Noun)
    assert change.touches_rights


@pytest.fixture
def kinds() -> Iterator[dict[str, type[Change]]]:
    """The kinds, to which a test may add its own."""
    before = dict(Change.kinds)
    yield Change.kinds
    Change.kinds.clear()
    Change.kinds.update(before)


def test_a_new_kind_is_known_by_its_name_and_touches_what_it_says(kinds: dict[str, type[Change]]) -> None:
    @dataclass(frozen=True)
    class GroupSang(Change, touches=[Noun.GROUP, Noun.MEMBER]):
        """A group sang."""

        group_id: int

    assert kinds["GroupSang"] is GroupSang
    assert GroupSang.touches == {Noun.GROUP, Noun.MEMBER}
    assert read_change("GroupSang", {"group_id": 1}) == GroupSang(1)


def test_one_without_what_it_touches_is_refused() -> None:
    with pytest.raises(TypeError, match="touches"):

        class MemberSang(MemberChanged):  # type: ignore[call-arg]
            """A member sang."""
