"""Who takes something out of everybody's sight, and puts it back: the office."""

from auth.access.rows import EVERYTHING, Row, locked
from auth.viewer import Viewer


def finds_what_is_hidden(viewer: Viewer) -> bool:
    """Whether a search may find what not everybody does, of what isn't the viewer's own: for the office."""
    return viewer.is_office


def must_be_able_to_hide(viewer: Viewer) -> None:
    """Raises `Unauthenticated` for guests, `Forbidden` for all who aren't of the office."""
    viewer.must_be_office()


async def row_to_hide(viewer: Viewer, model: type[Row], key: int | None) -> Row:
    """The row, locked, for the office to hide it or to show it again.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    must_be_able_to_hide(viewer)
    return await locked(model, EVERYTHING, key)
