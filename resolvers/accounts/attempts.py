"""Sign-ins, sign-ups and links by mail, counted one by one before anything is hashed or sent, whatever the document.

A wrong password counts thrice: for the account and the address together, for the address, and for the account over all
addresses from which nobody has signed in to it lately. Who has stands apart from the last two: their own typing errors
alone keep them out. Where an account has had too many wrong ones of strangers, it isn't locked: an attempt costs a
stranger's address all that it has for that account, so that it has one where it had ten. So nobody's guesses keep an
owner out, wherever they are. A right password takes back what its attempt had counted.

An e-mail address is counted alike whether or not it has an account.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import structlog
from tortoise.exceptions import DBConnectionError

from auth.hashing_queue import Asker
from auth.refusals import ProviderWrong, RateLimited
from models import Account
from resolvers.context import Context
from resolvers.limits.rates import Draw, Drawn, Rate
from resolvers.recorded import failed
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, UserErrors
from subscriptions.outbox import Changes

log = structlog.get_logger()

# Left over for thirty days at least after a sign-in, for sixty at most.
_SIGNED_IN = Rate(2, 60 * 86_400)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, counted. `asker` is in whose name its password is hashed."""

    ctx: Context
    asker: Asker
    counted: Sequence[Draw]

    async def take_back(self) -> None:
        """It was none: its password was right, or never looked at."""
        await self.ctx.services.rates.draw(
            *(replace(one, needed=-one.needed, wanted=-one.needed) for one in self.counted)
        )

    async def has_succeeded(self) -> None:
        """The password was right: the account is known at this address from now on."""
        await self.take_back()
        await remember(self.ctx, self.asker.account)

    async def has_failed(self, account: Account | None) -> None:
        """The password was wrong, or there is no such account. The log doesn't say whose it was, nor from where."""
        self.ctx.services.refused("wrong_password")
        log.info("sign-in failed", known_here=self.asker.is_known)
        await _note_failure(self.ctx, account)


async def attempt_to_sign_in(ctx: Context, email: str) -> Attempt:
    """Count an attempt to sign in. Raises `RateLimited` where there were too many wrong ones."""
    rules, rates = ctx.rules, ctx.services.rates
    pair = _pair(ctx, email)
    asker = Asker(ctx.address, email, is_known=await _is_known(ctx, email))
    own = Draw("sign_ins_per_account_and_address", pair, rules.sign_ins)
    counted = [own]
    if not asker.is_known:
        if ctx.address:
            counted.append(Draw("sign_ins_per_address", ctx.address, rules.sign_ins_by_address))
        counted.append(Draw("sign_ins_per_account", email, rules.sign_ins_by_account))
    drawn = await rates.draw(*counted)
    if drawn.short and drawn.short == len(counted) - 1:  # the account, which is not locked by that
        counted = [replace(own, needed=own.rate.most, wanted=own.rate.most), *counted[1:-1]]
        drawn = await rates.draw(*counted)
    _must_be_taken(ctx, counted, drawn)
    return Attempt(ctx, asker, counted)


async def remember(ctx: Context, email: str) -> None:
    """Whoever asks from this address is, or was let in by, the account's owner."""
    await ctx.services.rates.draw(Draw("signed in", _pair(ctx, email), _SIGNED_IN, 0, 1))


async def has_proved(ctx: Context, email: str) -> None:
    """Whoever asks from this address has the mailbox: they are known here, and what they mistyped is forgotten."""
    own = ctx.rules.sign_ins
    await ctx.services.rates.draw(
        Draw("sign_ins_per_account_and_address", _pair(ctx, email), own, -own.most, -own.most)
    )
    await remember(ctx, email)


@asynccontextmanager
async def code_counted(ctx: Context, account: Account) -> AsyncIterator[None]:
    """Within it a code of the account's second factor is looked at: it counts, unless that goes well.

    It counts for the account, wherever it is typed: who gets as far has its password, or its mailbox, and a code has
    six digits. Raises `RateLimited`.
    """
    counted = [Draw("codes_per_account", str(account.id), ctx.rules.sign_ins)]
    _must_be_taken(ctx, counted, await ctx.services.rates.draw(*counted))
    attempt = Attempt(ctx, Asker(ctx.address, account.email), counted)
    try:
        yield
    except UserErrors as refused:
        ctx.services.refused("wrong_code")
        log.info("second factor failed")
        if any(one.code is UserErrorCode.INVALID_CREDENTIALS for one in refused.errors):
            await _note_failure(ctx, account)
        raise
    except DBConnectionError:  # nothing was guessed
        await attempt.take_back()
        raise
    await attempt.take_back()


@asynccontextmanager
async def return_counted(ctx: Context) -> AsyncIterator[None]:
    """Within it the provider is asked who has come back from there, for that costs it and the network something.

    It counts for the address from where it is asked only where it doesn't hold, as a code that was made up. By itself:
    a provider whose answers are wrong keeps nobody from signing in by a password. Raises `RateLimited`.
    """
    counted = []
    if ctx.address:
        counted.append(Draw("provider_returns_per_address", ctx.address, ctx.rules.sign_ins_by_address))
    _must_be_taken(ctx, counted, await ctx.services.rates.draw(*counted))
    try:
        yield
    except ProviderWrong:
        raise
    except Exception:
        await Attempt(ctx, Asker(ctx.address, ""), counted).take_back()
        raise
    await Attempt(ctx, Asker(ctx.address, ""), counted).take_back()


async def _note_failure(ctx: Context, account: Account | None) -> None:
    """Leave it in the audit: of nobody, where the address is nobody's."""

    async def work(changes: Changes) -> None:
        changes.record(failed(ctx.viewer, ctx.operation or "signIn", account))

    await ctx.services.outbox.write(work)


async def count_link(ctx: Context, email: str) -> None:
    """Count a link that is sent to this e-mail address: for that, for from where it is asked, and for who is signed in.

    Who has signed in from here before has a count of their own: no stranger's requests keep them out. Raises
    `RateLimited` where there were too many.
    """
    if await _is_known(ctx, email):
        counted = [Draw("links_per_account_and_address", _pair(ctx, email), ctx.rules.links)]
    else:
        counted = [Draw("links_per_recipient", email, ctx.rules.links)]
        if ctx.address:
            counted.append(Draw("links_per_address", ctx.address, ctx.rules.links_by_address))
    counted += _of_the_account(ctx, "links_per_account", ctx.rules.links_by_account)
    _must_be_taken(ctx, counted, await ctx.services.rates.draw(*counted))


async def count_sign_up(ctx: Context, email: str) -> Asker:
    """Count a sign-up; in whose name its password is hashed. Raises `RateLimited` where there were too many."""
    counted = [Draw("sign_ups_per_recipient", email, ctx.rules.sign_ups)]
    if ctx.address:
        counted.append(Draw("sign_ups_per_address", ctx.address, ctx.rules.sign_ups_by_address))
    counted += _of_the_account(ctx, "sign_ups_per_account", ctx.rules.sign_ups_by_account)
    _must_be_taken(ctx, counted, await ctx.services.rates.draw(*counted))
    return Asker(ctx.address, email)


def _of_the_account(ctx: Context, kind: str, rate: Rate) -> list[Draw]:
    """What counts for who is signed in, wherever they are; nothing for guests."""
    return [] if ctx.viewer.account is None else [Draw(kind, str(ctx.viewer.account.id), rate)]


async def _is_known(ctx: Context, email: str) -> bool:
    """Whether the account was signed in to from this address lately."""
    looked = await ctx.services.rates.draw(Draw("signed in", _pair(ctx, email), _SIGNED_IN, 0, 0))
    return looked.left[0] < _SIGNED_IN.most


def _must_be_taken(ctx: Context, counted: Sequence[Draw], drawn: Drawn) -> None:
    if drawn.short is not None:
        kind = counted[drawn.short].kind
        ctx.services.refused(kind)
        log.debug("too many attempts", counted_by=kind)
        raise RateLimited(_("There were too many attempts: please try again later."), retry_after=drawn.seconds)


def _pair(ctx: Context, email: str) -> str:
    return f"{email}\n{ctx.address}"
