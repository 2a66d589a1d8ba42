"""Whatever the server puts into a text of bounded length fits.

What goes through a model is refused by it where it is longer: it has to be judged, or cut, before. What is written past
the models, as the audit's and the log's names, PostgreSQL alone refuses.
"""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from tortoise import fields
from tortoise.models import Model

import main
from auth.provider_rules import Claims
from models import AuditEntry, AuditPersonal, Change, ProviderSignIn
from models.logs.audit import REASON
from resolvers.accounts.provider import called
from resolvers.events.write import EVENTS
from resolvers.field_names import field_of
from resolvers.groups.posts import POSTS
from resolvers.groups.write import GROUPS
from resolvers.inputs.columns import columns_of
from resolvers.inputs.validation import Check
from resolvers.members.write import MEMBERS
from resolvers.offers.write import OFFERS
from resolvers.versioned import Versioned
from schema.nodes import models_of_types
from subscriptions import changes
from tests.forms import MUTATIONS
from tests.models.test_personal_data import stored_models
from web.process import jobs


def operations() -> set[str]:
    """What the audit may say that was done: mutations, and the commands and jobs that have a name there."""
    sources = (Path(str(module.__file__)).read_text() for module in (main, jobs))
    named = {name for source in sources for name in re.findall(r'(?:_with_accounts|ctx)\("([^"]+)"', source)}
    assert len(named) > 3
    return {*MUTATIONS, *named}


NAMES: dict[tuple[type[Model], str], Collection[str]] = {
    (AuditEntry, "operation"): operations(),
    (AuditEntry, "target_type"): models_of_types,
    (AuditPersonal, "field"): {
        REASON,
        *(field_of(model, column) for model in stored_models() for column in model._meta.fields_db_projection),
    },
    (Change, "kind"): changes.Change.kinds,
}


def longest(model: type[Model], column: str) -> int:
    """How many characters a column takes."""
    return int(model._meta.fields_map[column].constraints["max_length"])


def test_every_name_that_is_written_past_the_models_fits() -> None:
    too_long = {
        (model.__name__, column): [name for name in names if len(name) > longest(model, column)]
        for (model, column), names in NAMES.items()
    }
    assert not any(too_long.values()), too_long


@pytest.mark.parametrize("noun", [EVENTS, GROUPS, MEMBERS, OFFERS, POSTS], ids=lambda noun: noun.model.__name__)
async def test_what_is_typed_is_judged_before_it_is_too_long_for_its_column(noun: Versioned[Any]) -> None:
    texts = {
        name
        for name, field in noun.model._meta.fields_map.items()
        if isinstance(field, fields.CharField) and not hasattr(field, "enum_type")
    }
    for name in texts & noun.columns.keys():
        check = Check()
        await columns_of(noun.columns, check, {name: "x" * (longest(noun.model, name) + 1)})
        assert check.errors, name
    for name in (text.removeprefix("venue_") for text in texts if text.startswith("venue_")):
        check = Check()
        venue = {"name": "Rathaus", name: "x" * (longest(noun.model, f"venue_{name}") + 1)}
        await columns_of(noun.columns, check, {"venue": venue})
        assert check.errors, name


def test_who_has_no_name_at_the_provider_is_called_by_as_much_of_the_address_as_fits() -> None:
    claims = Claims("https://id.example.org", "1", None, "x" * 300, claims_office=False)
    assert called(claims, f"{'e' * 230}@example.org") == "e" * longest(ProviderSignIn, "name")
