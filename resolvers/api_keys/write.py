"""Keys are made and revoked by the office."""

from dataclasses import dataclass

from tortoise.expressions import Q

from auth.access.api_keys import key_to_revoke, must_be_able_to_make_keys, organisation_for_key
from auth.keys import new_key
from auth.refusals import NotFound
from models import ApiKey, ApiKeyScope, Member, MemberKind, MemberStatus, now
from resolvers.context import Context
from resolvers.inputs.validation import Check, Values
from resolvers.translation import _, _n
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.changes import KeyRevoked
from subscriptions.outbox import Changes

_ORGANISATION = ("input", "organisationId")


@dataclass(frozen=True)
class CreatedKey:
    """A key, and its text, which nobody can read again."""

    row: ApiKey
    secret: str


async def create_api_key(ctx: Context, values: Values) -> CreatedKey:
    """A key of an active organisation. Raises `Unauthenticated`, `Forbidden`, `UserErrors`."""
    must_be_able_to_make_keys(ctx.viewer)
    check = Check("input")
    name = check.line("name", values, longest=200, required=True)
    if not values.get("scopes"):
        check.fail("scopes", UserErrorCode.REQUIRED, _("Please choose at least one."))
    expires_at = values.get("expires_at")
    if expires_at is not None and expires_at <= now():
        check.fail("expires_at", UserErrorCode.OUT_OF_RANGE, _("This is over already. Please give a later time."))
    if values.get("organisation_id") is None:
        check.fail("organisation_id", UserErrorCode.REQUIRED, _("Please say for which organisation."))
    made = new_key()

    async def work(changes: Changes) -> ApiKey:
        wrong = check.again()
        key = values.get("organisation_id")
        organisation = None if key is None else await wrong.found(_organisation(ctx, key))
        wrong.done()
        assert organisation is not None
        return await ApiKey.create(
            organisation_id=organisation.id,
            name=name,
            prefix=made.prefix,
            secret_hash=made.hash,
            scopes=_with_reading(values["scopes"]),
            expires_at=expires_at,
        )

    return CreatedKey(await ctx.outbox.write(work), made.text)


async def revoke_api_key(ctx: Context, key: int | None) -> ApiKey:
    """End a key for good: what runs by it stops. Raises `Unauthenticated`, `NotFound`, `Forbidden`, `UserErrors`."""

    async def act(changes: Changes, row: ApiKey) -> ApiKey:
        if row.revoked_at is not None:
            raise refuse((), UserErrorCode.WRONG_STATE, _("This key was revoked already."))
        row.revoked_at = now()
        await row.save(update_fields=["revoked_at"])
        changes.tell(KeyRevoked(row.id))
        return row

    return await change(ctx, lambda: key_to_revoke(ctx.viewer, key), act)


async def _organisation(ctx: Context, key: int) -> Member:
    """The organisation that is to have one more key, locked. Raises `UserErrors`."""
    try:
        organisation = await organisation_for_key(ctx.viewer, key)
    except NotFound:
        raise refuse(_ORGANISATION, UserErrorCode.NOT_FOUND, _("There is no such member.")) from None
    if organisation.kind is not MemberKind.ORGANISATION:
        raise refuse(_ORGANISATION, UserErrorCode.INVALID, _("This is no organisation."))
    if organisation.status is not MemberStatus.ACTIVE:
        raise refuse(_ORGANISATION, UserErrorCode.WRONG_STATE, _("This member is not active."))
    lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=now())
    most = ctx.rules.api_keys_limit
    if await ApiKey.filter(lasting, organisation_id=organisation.id, revoked_at__isnull=True).count() >= most:
        text = _n(
            "This organisation has {most} key already: please revoke one first.",
            "This organisation has {most} keys already: please revoke one first.",
            "most",
        )
        raise refuse(_ORGANISATION, UserErrorCode.LIMIT_REACHED, text, most=most)
    return organisation


def _with_reading(scopes: list[ApiKeyScope]) -> list[str]:
    """The scopes in their order, each once. Whoever writes reads, too."""
    return [scope.value for scope in ApiKeyScope if scope in scopes or scope is ApiKeyScope.READ]
