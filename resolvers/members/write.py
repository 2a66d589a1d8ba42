"""Members are changed, and organisations entered."""

from typing import Any

from auth.access.members import member_to_update, must_be_active_or_applied
from models import Member, MemberKind, MemberStatus, MemberTopic, Representation, now
from models.folding import fold, sort_key
from models.slugs import free_slug
from resolvers.context import Context
from resolvers.errors import UserError, UserErrorCode, UserErrors
from resolvers.inputs import Check, Values
from resolvers.language import _
from resolvers.places import set_topics
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes


async def update_member(ctx: Context, key: int | None, values: Values) -> Member:
    """Change the fields that are in `values`, and the version if anything changed.

    Raises `UserErrors`, `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    must_be_active_or_applied(ctx.viewer)
    columns, topics = await _judged(values, required="name" in values)

    async def work(changes: Changes) -> Member:
        member = await member_to_update(ctx.viewer, key)
        _must_be_current(member, values.get("if_version"))
        changed = {name for name, value in columns.items() if getattr(member, name) != value}
        if topics is not None and await set_topics(MemberTopic, "member_id", member.id, topics):
            changed.add("topics")
        if changed:
            member.update_from_dict({**columns, "version": member.version + 1, "updated_at": now()})
            await with_derived(member).save()
            changes.tell(MemberChanged(member.id))
        return member

    return await ctx.outbox.write(work)


async def create_organisation(ctx: Context, values: Values) -> Member:
    """A new organisation: ACTIVE where the office enters it, else it applies, represented by who did so for it.

    Raises `UserErrors`, `Unauthenticated`, `Forbidden`.
    """
    ctx.viewer.must_be_active()
    columns, topics = await _judged(values, required=True)
    at_once = ctx.viewer.is_office

    async def work(changes: Changes) -> Member:
        member = Member(
            **columns,
            slug=await free_slug(Member, columns["name"]),
            kind=MemberKind.ORGANISATION,
            status=MemberStatus.ACTIVE if at_once else MemberStatus.APPLIED,
            joined_at=now() if at_once else None,
        )
        await with_derived(member).save()
        await set_topics(MemberTopic, "member_id", member.id, topics or [])
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


def _must_be_current(member: Member, version: int | None) -> None:
    if version is not None and version < member.version:
        message = _("Somebody changed this in the meantime.")
        raise UserErrors([UserError(("input", "ifVersion"), UserErrorCode.CONFLICT, message)], member=member)


async def _judged(values: Values, *, required: bool) -> tuple[dict[str, Any], list[int] | None]:
    """The columns and the topics that `values` give; `required`: a name among them."""
    check = Check("input")
    judged = {
        "name": check.line("name", values, longest=200, required=required),
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
    topics = await check.topics("topics", values) if "topics" in values else None
    check.done()
    return columns, topics
