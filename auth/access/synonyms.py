"""Synonyms are everyone's to see; the office keeps them."""

from auth.access.rows import EVERYTHING, locked
from auth.viewer import Viewer
from models import SynonymGroup


async def synonyms_to_save(viewer: Viewer, key: int | None) -> SynonymGroup | None:
    """The group of synonyms, locked, for the office; None where `key` is, for a new one.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    viewer.must_be_office()
    return None if key is None else await locked(SynonymGroup, EVERYTHING, key)
