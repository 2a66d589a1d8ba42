"""What accounts are told by mail, in the language of who asked: nothing that a stranger typed stands in it."""

from datetime import timedelta

from models import Mail
from resolvers.context import Rules
from resolvers.mail.letters import span_in_words
from resolvers.mail.queue import mail
from resolvers.translation import _, translate

_CODE = _("Where an application asks for a code, it is this one:")


def confirmation(rules: Rules, recipient: str, language: str, token: str) -> Mail:
    """To who signed up: the link that makes an account of it."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: confirm your sign-up"),
        _("Somebody began to sign up at {network} with this address. To confirm it:"),
        rules.site.confirm_page(rules.public_url, token),
        _CODE,
        token,
        _("Link and code are valid for {span}. If it wasn't you, there is nothing to do: no account is made then."),
        span=rules.sign_up_lifetime,
    )


def known_already(rules: Rules, recipient: str, language: str, _token: str = "") -> Mail:
    """To who signed up with an address that has an account: there is one already, and no token."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: this address has an account"),
        _("Somebody began to sign up at {network} with this address. There is an account with it already."),
        _("If it was you, please sign in with its password, or ask for a new one."),
        _("If it wasn't you, there is nothing to do: your account is as it was."),
    )


def reset(rules: Rules, recipient: str, language: str, token: str) -> Mail:
    """To whose account it is: the link by which it gets another password."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: a new password"),
        _("A new password was asked for, for the account with this address at {network}. To choose it:"),
        rules.site.reset_page(rules.public_url, token),
        _CODE,
        token,
        _("Link and code are valid for {span}, and for one time. Whoever was signed in is signed out by it."),
        _("If it wasn't you, there is nothing to do: nothing changes then. Don't pass this mail on."),
        span=rules.reset_lifetime,
    )


def sign_in_link(rules: Rules, recipient: str, language: str, token: str) -> Mail:
    """To whose account it is: the code by which they sign in, with a link where the network has a site."""
    page = rules.site.sign_in_page(token)
    return _written(
        rules,
        recipient,
        language,
        _("{network}: signing in"),
        _("Somebody wants to sign in with this address at {network}, without a password."),
        *((_("This link signs in:"), page) if page else ()),
        _CODE,
        token,
        _("It is valid for {span}, and for one time."),
        _("If it wasn't you, there is nothing to do: nobody is signed in then. Don't pass this mail on."),
        span=rules.sign_in_link_lifetime,
    )


def no_account(rules: Rules, recipient: str, language: str, _token: str = "") -> Mail:
    """To an address for which a link was asked: it has no account, and there is no token."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: no account with this address"),
        _("Somebody asked for a mail to get into an account with this address at {network}. There is none."),
        _("If it was you, you may have signed up with another address: please try that one."),
        _("If it wasn't you, there is nothing to do."),
    )


def password_changed(rules: Rules, recipient: str, language: str) -> Mail:
    """To whose account it is: it has another password now."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: the password was changed"),
        _("The account with this address at {network} has a new password. Other sign-ins have ended."),
        _("If it wasn't you, have a new password sent to you at once, and tell the coordination office."),
    )


def second_factor_on(rules: Rules, recipient: str, language: str) -> Mail:
    """To whose account it is: signing in asks for a code from now on."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: the second factor is on"),
        _("Signing in with this address at {network} asks for a code of your app now. Other sign-ins have ended."),
        _("Keep the recovery codes where you find them without your phone."),
        _("If it wasn't you, have a new password sent to you at once, and tell the coordination office."),
    )


def second_factor_off(rules: Rules, recipient: str, language: str) -> Mail:
    """To whose account it is: its password is enough again."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: the second factor is off"),
        _("Signing in with this address at {network} no longer asks for a code: the password is enough."),
        _("If it wasn't you, have a new password sent to you at once, and tell the coordination office."),
    )


def provider_tied(rules: Rules, recipient: str, language: str) -> Mail:
    """To whose account it is: it is signed in to at the city's provider, too."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: another way to sign in"),
        _("The account with this address at {network} can be signed in to by “{name}” from now on, too."),
        _("If it wasn't you, have a new password sent to you at once, and tell the coordination office."),
    )


def new_address(rules: Rules, recipient: str, language: str, token: str) -> Mail:
    """To the new address of an account: the link that makes it so."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: confirm this address"),
        _("Somebody wants to sign in to their account at {network} with this address from now on. To confirm it:"),
        rules.site.confirm_page(rules.public_url, token),
        _CODE,
        token,
        _("Link and code are valid for {span}. If it wasn't you, there is nothing to do: nothing changes then."),
        span=rules.sign_up_lifetime,
    )


def address_taken(rules: Rules, recipient: str, language: str, _token: str = "") -> Mail:
    """To an address that was to become an account's, and is one's already; there is no token."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: this address has an account"),
        _("Somebody wants to sign in to their account at {network} with this address from now on."),
        _("There is an account with it already, so nothing changes. If it wasn't you, there is nothing to do."),
    )


def address_is_to_change(rules: Rules, recipient: str, language: str) -> Mail:
    """To the address that an account has: another one was asked for, and how to prevent that."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: another address was asked for"),
        _(
            "With the password of the account with this address at {network}, another address to sign in with was "
            "asked for. A mail was sent there: once it is confirmed, this address is no longer good for signing in."
        ),
        _("If it wasn't you, change your password at once: then nothing can be confirmed any more."),
    )


def address_changed(rules: Rules, recipient: str, language: str) -> Mail:
    """To the address that an account had: it has another one now."""
    return _written(
        rules,
        recipient,
        language,
        _("{network}: the address was changed"),
        _("From now on the account with this address at {network} signs in with another one."),
        _("If it wasn't you, tell the coordination office at once."),
    )


def _written(
    rules: Rules, recipient: str, language: str, subject: str, *paragraphs: str, span: timedelta | None = None
) -> Mail:
    """A mail of these paragraphs: texts in the language, and what is in no catalogue, links and codes, as it is."""
    values = {
        "network": rules.network_name,
        "name": rules.sign_in_provider or "",
        "span": "" if span is None else span_in_words(span, language),
    }

    def say(text: str) -> str:
        return translate(language, text, **values)

    body = "\n\n".join((say(_("Hello,")), *map(say, paragraphs), rules.home, rules.network_name))
    return mail(recipient, say(subject), body)
