"""The town's own words are the office's: it makes topics and districts and changes them; everyone sees them."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from auth.refusals import NotFound
from auth.viewer import Viewer
from models import District, Topic

Word = TypeVar("Word", Topic, District)


@dataclass(frozen=True)
class ToSave(Generic[Word]):
    """A topic or a district that is to be saved, None where it is a new one, among all that there are."""

    row: Word | None
    all: list[Word]


async def to_save(viewer: Viewer, model: type[Word], key: int | None) -> ToSave[Word]:
    """The topic, or district, of this key, new where there is none, and all others: locked, for the office.

    So that two who save one at once see each other: names stay apart, and no district becomes its own part. Raises
    `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    viewer.must_be_office()
    rows = await model.all().order_by("id").select_for_update(no_key=True)
    found = next((row for row in rows if row.id == key), None)
    if key is not None and found is None:
        raise NotFound
    return ToSave(found, rows)
