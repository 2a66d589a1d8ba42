"""What a filter or a sort can be wrong with."""

from models.sql.page_cursors import BadPage


class BadFilter(BadPage):
    """A filter or sort is wrong in a way that only a program can mend; the text says how.

    `path`: where in the arguments, from the argument's name on; empty where no one place is wrong.
    """

    def __init__(self, message: str, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.path = path
