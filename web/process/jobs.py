"""What the server does by itself: functions of `resolvers/`, each at start and every few seconds.

Every process runs all of them: each takes its rows by an UPDATE that only one process can win.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from tortoise.context import require_context
from tortoise.exceptions import DBConnectionError

from models import Mail
from models.database.connect import refresh_statistics
from models.database.statement_limit import unlimited
from resolvers.accounts.sign_up import forget_links
from resolvers.context import Services, system_context
from resolvers.live.retention import trim_log
from resolvers.mail import queue as mail
from resolvers.matches.found import find_matches
from resolvers.network.board_days import write_down_days
from resolvers.offers.expiry import expire_due
from resolvers.privacy.expiry import forget_what_is_over
from resolvers.privacy.exports import expire_exports, prepare_exports
from resolvers.privacy.inactive import tell_the_inactive
from resolvers.privacy.sweeping import Forget, sweep_erased
from resolvers.search.indexing import index_pending
from web.process.counters import counters

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """`work` is done at start and then `every` so many seconds after it was done.

    With `first` it has been done once before the first request: after a pause nobody sees what is over.
    """

    name: str
    every: float
    work: Callable[[], Awaitable[object]]
    first: bool = False


# What somebody waits for who watches.
_SECOND = 1.0
_MINUTE = 60.0
_HOUR = 3600.0


async def _nothing_to_forget(_callers: Sequence[str]) -> None:
    pass


def jobs_of(services: Services, deliver: mail.Deliver, every: float, forget: Forget = _nothing_to_forget) -> list[Job]:
    """All jobs of the server; what people wait for is done `every` so many seconds.

    `forget` takes out of Redis what it may hold of who was erased.
    """
    ctx = partial(system_context, services)
    return [
        Job("expire offers", every, lambda: expire_due(ctx("expire offers")), first=True),
        Job("index what waits", every, lambda: index_pending(ctx())),
        Job("find matches", min(every, _SECOND), lambda: find_matches(ctx())),
        Job("send mail", every, lambda: mail.send_due(ctx(), _counted(deliver))),
        Job("write down days of the board", _MINUTE, lambda: write_down_days(ctx())),
        Job("forget links that are over", _HOUR, lambda: forget_links(ctx())),
        Job("forget what is over", _HOUR, lambda: forget_what_is_over(ctx("erase what is over"))),
        Job("tell the inactive", _HOUR, lambda: tell_the_inactive(ctx("tell the inactive"))),
        Job("prepare take-outs", every, lambda: prepare_exports(ctx())),
        Job("expire take-outs", _MINUTE, lambda: expire_exports(ctx())),
        Job("sweep after the erased", _MINUTE, lambda: sweep_erased(ctx(), forget)),
        Job("trim the log", _MINUTE, lambda: trim_log(ctx())),
        Job("count for the planner", _HOUR, lambda: refresh_statistics(require_context().db())),
    ]


@contextlib.asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """The jobs, at work in the background."""
    for job in jobs:
        if job.first:
            await _attempt(job)
    tasks = [asyncio.create_task(_repeat(job), name=job.name) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(job: Job) -> None:
    while True:
        await _attempt(job)
        await asyncio.sleep(job.every)


async def _attempt(job: Job) -> None:
    outcome = "failed"
    try:
        with unlimited():
            await job.work()
        outcome = "done"
    except DBConnectionError as error:  # that the database is away is logged, once
        outcome = "waits"
        log.debug("job waits for the database", job=job.name, reason=str(error))
    except Exception:  # one that fails is tried again, and stops none of the others
        log.exception("job failed", job=job.name)
    finally:
        counters.jobs[job.name, outcome] += 1


def _counted(deliver: mail.Deliver) -> mail.Deliver:
    """The same, which counts how it ended."""

    async def counting(one: Mail) -> None:
        outcome = "failed"
        try:
            await deliver(one)
            outcome = "sent"
        finally:
            counters.mails[outcome] += 1

    return counting
