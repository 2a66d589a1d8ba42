"""Opaque ids, by the function and by the table that generated code looks into."""

import uuid

import pytest

from schema.declare import ids
from schema.declare.ids import global_id, ids_of, read_global_id, read_uuid


@pytest.mark.parametrize("key", [1, 999_999_999, uuid.UUID(int=5)])
def test_both_ways_lead_to_one_id_which_leads_back(key: int | uuid.UUID) -> None:
    text = global_id("Offer", key)
    assert ids_of("Offer")[key] == ids_of("Offer")[key] == text != ids_of("Event")[key]
    assert (read_global_id(text) or ("Offer", read_uuid("Offer", text))) == ("Offer", key)


def test_so_many_ids_are_known_of_a_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_IDS", 100)
    known = ids_of("OfATest")
    assert [known[key] for key in range(250)] == [global_id("OfATest", key) for key in range(250)]
    assert list(known) == list(range(150, 250)), "the oldest made room"
