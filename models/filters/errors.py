"""What a filter or a sort can be wrong with."""

from models.sql.page_cursors import BadPage


class BadFilter(BadPage):
    """A filter or sort is wrong in a way that only a program can mend; the text says how."""
