"""The queries that were judged by hand: each names entries that a guest can find, and what a person would want of them.

A query is what somebody types, its scope is the list that is asked, and a grade says how much an entry is wanted: 3 is
what was meant, 2 what helps as well, 1 what one would not mind to see. For the kind `none` nothing here is of use.
"""

import itertools
import json
from collections import Counter
from pathlib import Path

from models import EventStatus, OfferStatus
from resolvers.demo.events import EVENTS, FAIR, FOUNDING, WORKSHOPS
from resolvers.demo.groups import GROUPS
from resolvers.demo.members import ORGANISATIONS, PERSONS
from resolvers.demo.offers import ENTRIES

_SETS = {
    name: json.loads((Path(__file__).parent / name).read_text())
    for name in ("judged.json", "second.json", "third.json")
}

_LISTS = {
    "members": {text.name for text in (*ORGANISATIONS, *PERSONS)},
    "groups": {text.name for text in GROUPS},
    "events": {text.title for text in (FOUNDING, *WORKSHOPS, FAIR, *EVENTS) if text.status is not EventStatus.DRAFT},
    "offers": {text.title for text in ENTRIES if text.status is OfferStatus.PUBLISHED},
}
_TITLES = {**_LISTS, "search": set().union(*_LISTS.values())}


def test_a_judged_query_wants_what_a_guest_can_find() -> None:
    strangers = [
        (judged["query"], title)
        for judged in itertools.chain(*_SETS.values())
        for title in judged["relevant"]
        if title not in _TITLES[judged["scope"]]
    ]
    assert strangers == []


def test_a_judged_query_is_graded_from_one_to_three_and_one_entry_is_what_was_meant() -> None:
    for judged in itertools.chain(*_SETS.values()):
        grades = set(judged["relevant"].values())
        assert grades <= {1, 2, 3}, judged
        assert (3 in grades) is (judged["kind"] != "none"), judged


def test_each_kind_of_query_was_tried_more_than_once_and_none_twice() -> None:
    for judged in _SETS.values():
        kinds = Counter(one["kind"] for one in judged)
        assert len(judged) >= 30
        assert min(kinds.values()) >= 3, kinds
    asked = Counter((one["query"], one["scope"]) for one in itertools.chain(*_SETS.values()))
    assert max(asked.values()) == 1
