"""What libraries keep to themselves is looked for when the module that uses it is imported."""

import pytest
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.database.private_names import look_for


def test_what_is_there_is_found_wherever_it_is_set() -> None:
    look_for(QuerySet, "why", "_make_query", "_db")  # a method, and what __init__ sets
    look_for(Model, "why", "_init_from_db", "_partial")


def test_what_is_gone_is_said_by_name() -> None:
    with pytest.raises(ImportError, match=r"tortoise.queryset.QuerySet has no `_gone` any more: it counts\."):
        look_for(QuerySet, "it counts", "_make_query", "_gone")
