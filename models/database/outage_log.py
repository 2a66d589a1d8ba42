"""What is logged of a part that doesn't serve: one line when that begins, and one when it is over, whatever fails."""

from time import monotonic

import structlog

log = structlog.get_logger()

# It is over once the part has served, and nothing has failed for so long: a part may fail now and then for an hour.
CALM_SECONDS = 2.0


class Outage:
    """One kind of trouble with a part. `begins` and `ends` are what is logged of it."""

    def __init__(self, begins: str, ends: str) -> None:
        self._begins, self._ends = begins, ends
        self._since = self._last = 0.0
        self._failures = 0
        # What failed last, while it lasts.
        self.reason: str | None = None
        # Nothing is noted: while a part is opened, who opens it says what is wrong.
        self.quiet = False

    @property
    def lasts(self) -> bool:
        """Whether the part has failed, and not served well since."""
        return self.reason is not None

    def failed(self, reason: str) -> None:
        """Something failed, for this reason."""
        if self.quiet:
            return
        self._last = monotonic()
        if self.reason is None:
            self._since, self._failures = self._last, 0
            log.warning(self._begins, reason=reason)
        self._failures += 1
        self.reason = reason

    def served(self) -> None:
        """Something of the same kind went well."""
        if self.reason is not None and monotonic() - self._last >= CALM_SECONDS:
            self.reason = None
            log.info(self._ends, seconds=round(monotonic() - self._since), failures=self._failures)


class Outages:
    """The outages of a database: it may be away, or answer what is read and take nothing that is to be written."""

    def __init__(self) -> None:
        self.away = Outage("the database does not serve", "the database serves again")
        self.unwritable = Outage("the database can not be written", "the database is written again")
        # How many statements took longer than they may.
        self.cut_off = 0

    def hush(self, quiet: bool) -> None:
        """Note nothing, while it is opened; or what fails from now on."""
        self.away.quiet = self.unwritable.quiet = quiet

    def wrote(self) -> None:
        """A transaction that wrote something is committed."""
        self.away.served()
        self.unwritable.served()
