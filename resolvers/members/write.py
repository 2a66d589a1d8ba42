"""Members are changed, and organisations entered."""

from auth.access.members import (
    enters_organisations_at_once,
    member_to_update,
    must_be_able_to_enter_organisations,
)
from models import Member, MemberKind, MemberStatus, MemberTopic, Representation, now
from resolvers.context import Context
from resolvers.inputs.columns import chosen, district, email, line, phone, text, url
from resolvers.inputs.validation import Values
from resolvers.limits.quotas import ORGANISATIONS, hold, must_have_room
from resolvers.translation import _
from resolvers.versioned import Versioned, judge_new, update
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes


async def update_member(ctx: Context, key: int | None, values: Values) -> Member:
    """Change the fields that are in `values`, and the version if anything changed.

    Raises `UserErrors`, `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    return await update(ctx, key, values, MEMBERS)


async def create_organisation(ctx: Context, values: Values) -> Member:
    """A new organisation: ACTIVE where the office enters it, else it applies, represented by who did so for it.

    Raises `UserErrors`, `Unauthenticated`, `Forbidden`.
    """
    must_be_able_to_enter_organisations(ctx.viewer)
    new = await judge_new(MEMBERS, values)
    new.check.done()
    at_once = enters_organisations_at_once(ctx.viewer)

    async def work(changes: Changes) -> Member:
        await hold(ctx.viewer, ctx.rules.quotas.organisations, None)
        await must_have_room(ctx.viewer, ctx.rules.quotas.organisations, ORGANISATIONS, ctx.viewer.member_id)
        member = await new.insert(
            new.row(
                kind=MemberKind.ORGANISATION,
                status=MemberStatus.ACTIVE if at_once else MemberStatus.APPLIED,
                joined_at=now() if at_once else None,
            )
        )
        if not at_once:
            await Representation.create(organisation=member, person_id=ctx.viewer.member_id)
        changes.tell(MemberChanged(member.id))
        return member

    return await ctx.outbox.write(work)


_AUDIENCE = chosen(_("Please choose one."))
MEMBERS = Versioned(
    Member,
    shown_as="member",
    named_by="name",
    columns={
        "name": line(longest=200, required=True),
        "about": text(longest=5000),
        "district": district,
        "website": url,
        "email": email,
        "phone": phone,
        "email_audience": _AUDIENCE,
        "phone_audience": _AUDIENCE,
    },
    topics=(MemberTopic, "member_id"),
    find=member_to_update,
    told=lambda member, _changed: [MemberChanged(member.id)],
)
