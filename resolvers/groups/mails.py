"""Mail about who comes into a group and who leaves it."""

from auth.access.groups import active_memberships
from models import Group, GroupMembership, GroupRole, Member, NotificationKind
from resolvers.context import Context
from resolvers.mail.letters import in_all_languages
from resolvers.mail.queue import addresses_of, office_addresses, post
from resolvers.translation import _


async def tell_of_invitation(ctx: Context, group: Group, member_id: int) -> None:
    """To who is invited."""
    await _write(
        ctx,
        group,
        [member_id],
        _("An invitation into the group “{title}”"),
        _("The group “{title}” asks you to take part. On the group's page you can accept or decline."),
        kind=NotificationKind.GROUP_REQUEST,
    )


async def tell_of_request(ctx: Context, group: Group, member: Member) -> None:
    """To the group's coordinators, the office where it has none: somebody asks to join."""
    coordinators = await GroupMembership.filter(active_memberships(), group=group, role=GroupRole.COORDINATOR)
    await _write(
        ctx,
        group,
        [one.member_id for one in coordinators],
        _("A request to the group “{title}”"),
        _("“{person}” wants to take part in the group “{title}”. Please accept the request, or decline it."),
        or_office=True,
        kind=NotificationKind.GROUP_REQUEST,
        person=member.name,
    )


async def tell_of_acceptance(ctx: Context, group: Group, member_id: int) -> None:
    """To who asked to join: accepted."""
    await _write(
        ctx,
        group,
        [member_id],
        _("Welcome to the group “{title}”"),
        _("Your request to the group “{title}” was accepted. Enjoy taking part!"),
    )


async def tell_of_refusal(ctx: Context, group: Group, member_id: int) -> None:
    """To who asked to join: turned down."""
    await _write(
        ctx,
        group,
        [member_id],
        _("Your request to the group “{title}” was declined"),
        _("The group “{title}” has declined your request to take part."),
    )


async def tell_of_removal(ctx: Context, group: Group, membership: GroupMembership) -> None:
    """To who was taken out of the group, or whose invitation was taken back, with the reason that was given."""
    await _write(
        ctx,
        group,
        [membership.member_id],
        _("A message of the group “{title}”"),
        _("Your membership in the group “{title}” has ended.")
        if membership.joined_at is not None
        else _("The invitation into the group “{title}” was taken back."),
        *([_("Reason:"), "{reason}"] if membership.status_reason else []),
        reason=membership.status_reason,
    )


async def _write(
    ctx: Context,
    group: Group,
    member_ids: list[int],
    subject: str,
    *paragraphs: str,
    or_office: bool = False,
    kind: NotificationKind | None = None,
    **said: object,
) -> None:
    """One mail to each address at which these members, or who acts for them, are reached; else the office's."""
    addresses = await addresses_of(member_ids)
    recipients = list(dict.fromkeys(address for some in addresses.values() for address in some))
    if or_office and not recipients:
        recipients = await office_addresses()
    mails = (
        in_all_languages(
            ctx.rules,
            recipient,
            subject,
            *paragraphs,
            said=lambda _language: {"title": group.name, **said},
            page=ctx.rules.site.group_page(group.slug),
            kind=kind,
        )
        for recipient in recipients
    )
    await post(ctx.rules, *mails)
