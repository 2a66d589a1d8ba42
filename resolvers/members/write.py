"""Members are changed, and organisations entered."""

from typing import Any

from auth.access.members import (
    enters_organisations_at_once,
    member_to_update,
    must_be_able_to_enter_organisations,
)
from models import Member, MemberKind, MemberStatus, MemberTopic, Representation, now
from models.sql.slugs import free_slug
from models.text.folding import fold, sort_key
from resolvers.context import Context
from resolvers.language import _
from resolvers.places import add_topics
from resolvers.user_errors import UserErrorCode
from resolvers.validation import Check, Values
from resolvers.versioned import Update, update
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes


async def update_member(ctx: Context, key: int | None, values: Values) -> Member:
    """Change the fields that are in `values`, and the version if anything changed.

    Raises `UserErrors`, `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    return await update(ctx, key, values, _HOW)


async def create_organisation(ctx: Context, values: Values) -> Member:
    """A new organisation: ACTIVE where the office enters it, else it applies, represented by who did so for it.

    Raises `UserErrors`, `Unauthenticated`, `Forbidden`.
    """
    must_be_able_to_enter_organisations(ctx.viewer)
    check = Check("input")
    columns = await _columns(check, {"name": None, **values})
    topics = await check.topics("topics", values)
    check.done()
    at_once = enters_organisations_at_once(ctx.viewer)

    async def work(changes: Changes) -> Member:
        member = Member(
            **columns,
            slug=await free_slug(Member, columns["name"]),
            kind=MemberKind.ORGANISATION,
            status=MemberStatus.ACTIVE if at_once else MemberStatus.APPLIED,
            joined_at=now() if at_once else None,
        )
        await with_derived(member).save()
        await add_topics(*_TOPICS, member.id, topics)
        if not at_once:
            await Representation.create(organisation=member, person_id=ctx.viewer.member_id)
        changes.tell(MemberChanged(member.id))
        return member

    return await ctx.outbox.write(work)


def with_derived(member: Member) -> Member:
    """The member with the columns that follow from others: what it sorts by and is found by."""
    member.name_key = sort_key(member.name)
    member.search_text = fold(f"{member.name} {member.about or ''}")
    return member


async def _columns(check: Check, values: Values) -> dict[str, Any]:
    """The columns of what stands in `values`."""
    judged = {
        "name": check.line("name", values, longest=200, required="name" in values),
        "about": check.text("about", values, longest=5000),
        "district": await check.district("district", values),
        "website": check.url("website", values),
        "email": check.email("email", values),
        "phone": check.phone("phone", values),
    }
    columns = {name: value for name, value in judged.items() if name in values}
    if "district" in columns:
        columns["district_id"] = columns.pop("district")
    for name in ("email_audience", "phone_audience"):
        if name in values:
            columns[name] = values[name]
            if values[name] is None:
                check.fail(name, UserErrorCode.REQUIRED, _("Please choose one."))
    return columns


def _always_possible(ctx: Context, member: Member, columns: dict[str, Any]) -> None:
    """What a member says of itself it may change in every state in which its side may change anything."""


_TOPICS = (MemberTopic, "member_id")
_HOW = Update(
    shown_as="member",
    find=member_to_update,
    judge=_columns,
    possible=_always_possible,
    derive=with_derived,
    topics=_TOPICS,
    told=lambda member, _changed: [MemberChanged(member.id)],
)
