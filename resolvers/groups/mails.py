"""Mail about who comes into a group and who leaves it, in German, as all mail is."""

from auth.access.groups import active_memberships
from models import Group, GroupMembership, GroupRole, Member, NotificationKind
from resolvers.context import Context
from resolvers.mail.queue import addresses_of, mail, office_addresses, post


async def tell_of_invitation(ctx: Context, group: Group, member_id: int) -> None:
    """To who is invited."""
    await _write(
        ctx,
        group,
        [member_id],
        f"Einladung in die Gruppe „{group.name}“",
        f"die Gruppe „{group.name}“ lädt Sie zum Mitmachen ein. Auf der Seite der Gruppe können Sie die Einladung "
        "annehmen oder ablehnen.",
        kind=NotificationKind.GROUP_REQUEST,
    )


async def tell_of_request(ctx: Context, group: Group, member: Member) -> None:
    """To the group's coordinators, the office where it has none: somebody asks to join."""
    coordinators = await GroupMembership.filter(active_memberships(), group=group, role=GroupRole.COORDINATOR)
    await _write(
        ctx,
        group,
        [one.member_id for one in coordinators],
        f"Anfrage an die Gruppe „{group.name}“",
        f"„{member.name}“ möchte in der Gruppe „{group.name}“ mitmachen. Bitte nehmen Sie die Anfrage an, oder lehnen "
        "Sie sie ab.",
        or_office=True,
        kind=NotificationKind.GROUP_REQUEST,
    )


async def tell_of_acceptance(ctx: Context, group: Group, member_id: int) -> None:
    """To who asked to join: accepted."""
    await _write(
        ctx,
        group,
        [member_id],
        f"Willkommen in der Gruppe „{group.name}“",
        f"die Anfrage an die Gruppe „{group.name}“ wurde angenommen. Viel Freude beim Mitmachen!",
    )


async def tell_of_refusal(ctx: Context, group: Group, member_id: int) -> None:
    """To who asked to join: turned down."""
    await _write(
        ctx,
        group,
        [member_id],
        f"Anfrage an die Gruppe „{group.name}“ abgelehnt",
        f"die Gruppe „{group.name}“ hat die Anfrage zum Mitmachen leider abgelehnt.",
    )


async def tell_of_removal(ctx: Context, group: Group, membership: GroupMembership) -> None:
    """To who was taken out of the group, or whose invitation was taken back, with the reason that was given."""
    what = (
        f"die Mitgliedschaft in der Gruppe „{group.name}“ wurde beendet."
        if membership.joined_at is not None
        else f"die Einladung in die Gruppe „{group.name}“ wurde zurückgenommen."
    )
    reason = f"\n\nBegründung:\n\n{membership.status_reason}" if membership.status_reason else ""
    await _write(ctx, group, [membership.member_id], f"Nachricht der Gruppe „{group.name}“", what + reason)


async def _write(
    ctx: Context,
    group: Group,
    member_ids: list[int],
    subject: str,
    text: str,
    *,
    or_office: bool = False,
    kind: NotificationKind | None = None,
) -> None:
    """One mail to each address at which these members, or who acts for them, are reached; else the office's."""
    addresses = await addresses_of(member_ids)
    recipients = list(dict.fromkeys(address for some in addresses.values() for address in some))
    if or_office and not recipients:
        recipients = await office_addresses()
    page = ctx.rules.site.group_page(group.slug) or ctx.rules.home
    body = f"Guten Tag,\n\n{text}\n\n{page}\n\n{ctx.rules.network_name}"
    await post(ctx.rules, *(mail(recipient, subject, body, kind) for recipient in recipients))
