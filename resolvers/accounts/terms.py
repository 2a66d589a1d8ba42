"""Who accepted the network's terms: at sign-up, and again when these have changed. Nobody is locked out meanwhile."""

from collections.abc import Sequence
from dataclasses import replace

from auth.access.accounts import own_account
from auth.viewer import Viewer
from models import Account, now
from resolvers.context import Context, Rules
from resolvers.inputs.validation import Check, Values
from resolvers.terms import Terms
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode
from resolvers.versioned import change
from subscriptions.outbox import Changes

_CHANGED = _("The terms have changed: please read and accept the present ones.")


def judged_terms(rules: Rules, check: Check, values: Values) -> str | None:
    """Which version of the terms is accepted by `acceptedTermsVersion`: the present one, or none.

    Where they must be accepted, leaving it out and naming another version is an error; where not, it counts as not
    accepted.
    """
    given = values.get("accepted_terms_version")
    if rules.terms is None:
        return None
    if given == rules.terms.version:
        return rules.terms.version
    if rules.terms_required:
        if given is None or not given.strip():
            check.fail("accepted_terms_version", UserErrorCode.REQUIRED, _("Please accept the terms."))
        else:
            check.fail("accepted_terms_version", UserErrorCode.CONFLICT, _CHANGED)
    return None


async def accept_terms(ctx: Context, version: str) -> Viewer:
    """Take down that the viewer's account accepts the present terms, and when; the viewer.

    Raises `Unauthenticated`, `Forbidden` for keys, `UserErrors` with CONFLICT for another version, with NOT_FOUND where
    there are none.
    """
    check, terms = Check(), ctx.rules.terms
    if terms is None:
        check.fail("version", UserErrorCode.NOT_FOUND, _("There is nothing of this kind."))
    elif version != terms.version:
        check.fail("version", UserErrorCode.CONFLICT, _CHANGED)

    async def act(changes: Changes, account: Account) -> Viewer:
        if account.accepted_terms_version != version:
            account.accepted_terms_version, account.accepted_terms_at = version, now()
            await account.save(update_fields=["accepted_terms_version", "accepted_terms_at"])
        return replace(ctx.viewer, account=account)

    return await change(ctx, lambda: own_account(ctx.viewer), act, check)


async def viewer_terms_to_accept(
    ctx: Context, parents: Sequence[Viewer], columns: frozenset[str]
) -> list[Terms | None]:
    """The present terms, for whose account hasn't accepted them; None for others, and for keys."""
    terms = ctx.rules.terms
    return [
        terms
        if terms is not None and one.account is not None and one.account.accepted_terms_version != terms.version
        else None
        for one in parents
    ]
