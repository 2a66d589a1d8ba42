"""What is written to those who are asked to act for an organisation: in German and in English, one after the other."""

from models import Mail, Member
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
