"""Where links in mails lead while the network has no website: to confirm, to choose a password, to agree to act.

And where mails of a kind are switched off, also by a mail program alone: that has no other address.
"""

from collections.abc import Mapping

from resolvers import accounts, members, notifications
from resolvers.context import Context
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, UserErrors
from schema.declare.prices import HASHING, TRANSACTION
from web.pages.form_page import Field, FormPage, Shown

_CODE = Field("token", _("Code of the mail"), "text", "one-time-code")
_NAME = Field("name", _("Your name"), "text", "name")
_EMAIL = Field("email", _("E-mail address"), "email", "email")
_PASSWORD = Field("password", _("New password, of 10 characters at least"), "password", "new-password")


class ConfirmPage(FormPage):
    """Confirms an address: that of a sign-up, or a new one of an account."""

    path, points = "/confirm", TRANSACTION.once

    def form(self, token: str) -> Shown:
        """A button, and without a code a field for it."""
        return Shown(
            _("Confirm an address"),
            [_("Please confirm your e-mail address by this button.")],
            _("Confirm"),
            () if token else [_CODE],
        )

    async def send(self, ctx: Context, token: str, fields: Mapping[str, str]) -> Shown:
        """As `confirm_email`."""
        applied = await accounts.confirm_email(ctx, token or fields.get("token", ""))
        texts = [_("Thank you! Your address is confirmed.")]
        if applied:
            texts.append(_("The coordination office will now look at your sign-up."))
        return Shown(_("Confirm an address"), texts)


class ResetPage(FormPage):
    """Gives an account another password: first a mail is asked for, then its link leads here."""

    path, points = "/reset", HASHING.once

    def form(self, token: str) -> Shown:
        """For a new password; without a code, for the address to which one is sent."""
        if token:
            return Shown(
                _("A new password"),
                [_("Whoever is signed in to the account is signed out by it.")],
                _("Choose"),
                [_PASSWORD],
            )
        return Shown(
            _("A new password"),
            [_("You get a mail with a link, by which you choose a new password.")],
            _("Send a mail"),
            [_EMAIL],
        )

    async def send(self, ctx: Context, token: str, fields: Mapping[str, str]) -> Shown:
        """As `reset_password`, or `request_password_reset`, by the fields."""
        if not token or "email" in fields:
            await accounts.request_password_reset(ctx, fields.get("email", ""))
            return Shown(_("A new password"), [_("A mail is on its way to this address.")])
        await accounts.reset_password(ctx, {"token": token, "new_password": fields.get("password", "")})
        return Shown(_("A new password"), [_("Thank you! From now on you sign in with your new password.")])

    def form_after(self, wrong: UserErrors, token: str, fields: Mapping[str, str]) -> Shown:
        """Where the link is over, the form to ask for another one."""
        is_over = any(one.code is UserErrorCode.EXPIRED for one in wrong.errors)
        return self.form("" if is_over or "email" in fields else token)


class InvitationPage(FormPage):
    """Accepts to act for an organisation; who has no account yet signs up, and then confirms that."""

    path, points = "/invitation", HASHING.once

    def form(self, token: str) -> Shown:
        """A button, and without a code a field for it."""
        return Shown(
            _("To act for an organisation"),
            [_("Please say by this button that you want to act for the organisation that asks you to.")],
            _("Accept"),
            () if token else [_CODE],
        )

    async def send(self, ctx: Context, token: str, fields: Mapping[str, str]) -> Shown:
        """As `accept_invitation`, or `sign_up` with the address to which it was sent."""
        token = token or fields.get("token", "")
        if "password" in fields:
            email = await members.invited_address(token)
            values = {"name": fields.get("name", ""), "email": email, "password": fields["password"]}
            await accounts.sign_up(ctx, {**values, "invitation_token": token})
            return Shown(_("To act for an organisation"), [_("A mail is on its way to this address.")])
        await members.accept_invitation(ctx, token)
        return Shown(_("To act for an organisation"), [_("Thank you! From now on you act for the organisation.")])

    def form_after(self, wrong: UserErrors, token: str, fields: Mapping[str, str]) -> Shown:
        """Where there is no account yet, the form to sign up."""
        if token and ("password" in fields or any(one.code is UserErrorCode.NOT_FOUND for one in wrong.errors)):
            return Shown(_("To act for an organisation"), (), _("Sign up"), [_NAME, _PASSWORD])
        return self.form(token)


class UnsubscribePage(FormPage):
    """Switches mails of a kind off: by its button, and by what a mail program sends at one click (RFC 8058)."""

    path, points = "/unsubscribe", TRANSACTION.once

    def form(self, token: str) -> Shown:
        """A button, and without a code a field for it."""
        return Shown(
            _("No more mails of this kind"),
            [_("By this button you get no more mails of this kind. What you have to know comes all the same.")],
            _("Unsubscribe"),
            () if token else [_CODE],
        )

    async def send(self, ctx: Context, token: str, fields: Mapping[str, str]) -> Shown:
        """As `unsubscribe`."""
        await notifications.unsubscribe(ctx, token or fields.get("token", ""))
        return Shown(
            _("No more mails of this kind"),
            [_("Thank you! You get no more mails of this kind."), _("You can change that in your account.")],
        )


PAGES = (ConfirmPage(), ResetPage(), InvitationPage(), UnsubscribePage())
