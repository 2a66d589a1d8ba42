"""What is written to who was decided about, who is asked to act for an organisation, or applies with one."""

from collections.abc import Sequence

from models import Mail, Member, MemberKind, MemberStatus
from resolvers.context import Rules
from resolvers.mail.letters import in_all_languages, span_in_words
from resolvers.translation import _


def invitation(rules: Rules, recipient: str, organisation: Member, token: str) -> Mail:
    """To who is asked: the link by which they accept. Nothing stands in it that who asks has typed for it."""
    return in_all_languages(
        rules,
        recipient,
        _("{network}: will you act for “{organisation}”?"),
        _("“{organisation}” asks you to act for it at {network}: to write its entries and events, and answer for it."),
        _("To accept, or to sign up first:"),
        rules.site.invitation_page(rules.public_url, token),
        _("Where an application asks for a code, it is this one:"),
        token,
        _("Link and code are valid for {span}, and for one time."),
        _("If you don't want to, there is nothing to do: nobody acts for an organisation unasked."),
        said=lambda language: {
            "network": rules.network_name,
            "organisation": organisation.name,
            "span": span_in_words(rules.invitation_lifetime, language),
        },
    )


def asked_for(rules: Rules, recipient: str, organisation: Member, person: Member) -> Mail:
    """To the office: somebody is to act for an organisation whom no mail reaches."""
    return in_all_languages(
        rules,
        recipient,
        _("{network}: “{person}” is to act for “{organisation}”"),
        _("“{organisation}” asks “{person}” to act for it. Nobody signs in for this person, so no mail reaches them."),
        _("Please ask them. If they agree, let them act for it by `addRepresentative`."),
        said=lambda _language: {
            "network": rules.network_name,
            "organisation": organisation.name,
            "person": person.name,
        },
    )


def decided_together(rules: Rules, recipient: str, members: Sequence[Member]) -> Mail:
    """To a person and their organisation: what the office decided about both, as their status says."""
    organisation, person = sorted(members, key=lambda one: one.kind is MemberKind.PERSON)
    is_in = person.status is MemberStatus.ACTIVE
    return in_all_languages(
        rules,
        recipient,
        _("{network}: “{person}” and “{organisation}” take part") if is_in else _("{network}: your application"),
        _("“{person}” and “{organisation}” take part in {network} from now on. You act for the organisation.")
        if is_in
        else _("The coordination office has not let “{person}” and “{organisation}” into {network}."),
        *([_("Reason:"), "{reason}"] if person.status_reason else []),
        said=lambda _language: {
            "network": rules.network_name,
            "organisation": organisation.name,
            "person": person.name,
            "reason": person.status_reason or "",
        },
    )


_SUBJECTS = {
    MemberStatus.ACTIVE: _("“{name}” takes part now"),
    MemberStatus.DECLINED: _("“{name}” was not let in"),
    MemberStatus.SUSPENDED: _("“{name}” is suspended"),
}
_SENTENCES = {
    MemberStatus.ACTIVE: _("“{name}” takes part in {network} from now on."),
    MemberStatus.DECLINED: _("The coordination office has not let “{name}” into {network}."),
    MemberStatus.SUSPENDED: _("The coordination office has suspended “{name}” from {network} for now."),
}


def decided(rules: Rules, recipient: str, member: Member) -> Mail:
    """To a member's side: what the office decided about it, as its status says."""
    return in_all_languages(
        rules,
        recipient,
        _SUBJECTS[member.status],
        _SENTENCES[member.status],
        *([_("Reason:"), "{reason}"] if member.status_reason else []),
        said=lambda _language: {
            "name": member.name,
            "network": rules.network_name,
            "reason": member.status_reason or "",
        },
        page=rules.site.member_page(member.slug),
    )
