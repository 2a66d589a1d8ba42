"""The code of a second factor, where somebody signs in: asked for however they do, and good for one time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from auth import second_factor
from models import Account, SecondFactor
from resolvers.accounts.attempts import code_counted
from resolvers.context import Context
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, UserErrors, refuse


@asynccontextmanager
async def asking_for_code(ctx: Context, account: Account | None, code: str | None) -> AsyncIterator[None]:
    """Within it `spend_code` is called for this account: a code that is looked at counts, unless it is right.

    Raises `RateLimited`.
    """
    if account is None or account.second_factor_since is None or not code:
        yield
    else:
        async with code_counted(ctx, account):
            yield


async def spend_code(ctx: Context, account: Account, code: str | None, path: tuple[str, ...]) -> None:
    """Use a code up, within the transaction that signs in, where the account, which is locked, has a second factor.

    Raises `UserErrors` at `path`: SECOND_FACTOR_REQUIRED without one, INVALID_CREDENTIALS for a wrong one.
    """
    if account.second_factor_since is None:
        return
    if not code:
        text = _("Please give the code of your authenticator app, or a recovery code.")
        raise refuse(path, UserErrorCode.SECOND_FACTOR_REQUIRED, text)
    factor = await SecondFactor.get(account_id=account.id)
    if not (await is_of_the_app(ctx, factor, code) or await _is_recovery_code(factor, code)):
        raise wrong_code(path)


async def is_of_the_app(ctx: Context, factor: SecondFactor, code: str) -> bool:
    """Whether it is the app's code of now, and newer than the last that was used: it is used by that."""
    step = ctx.services.second_factors.step_of(factor.secret, second_factor.typed(code))
    if step is None or step <= factor.last_step:
        return False
    factor.last_step = step
    await factor.save(update_fields=["last_step"])
    return True


def wrong_code(path: tuple[str, ...]) -> UserErrors:
    """What is answered to a code that is none, or was used."""
    return refuse(path, UserErrorCode.INVALID_CREDENTIALS, _("This code is wrong, or was used already."))


async def _is_recovery_code(factor: SecondFactor, code: str) -> bool:
    """Whether it is a recovery code that is left: it is gone by that."""
    used = second_factor.hash_of(second_factor.typed(code))
    if used not in factor.recovery_hashes:
        return False
    factor.recovery_hashes = [one for one in factor.recovery_hashes if one != used]
    await factor.save(update_fields=["recovery_hashes"])
    return True
