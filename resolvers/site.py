"""The network's own website: the addresses of its pages, to which `url` fields, feeds and mails lead."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Site:
    """A template of an address for each kind of page, with `{slug}` or `{token}`; None where the site has no such page.

    `home` is where it begins.

    The network may have no site at all: then the server's own pages, below `public_url`, do what a link in a mail is
    for.
    """

    home: str | None = None
    offer: str | None = None
    event: str | None = None
    group: str | None = None
    member: str | None = None
    confirm: str | None = None
    reset: str | None = None
    sign_in: str | None = None
    provider: str | None = None
    invitation: str | None = None
    unsubscribe: str | None = None

    def offer_page(self, slug: str) -> str | None:
        """The page of the entry of this slug."""
        return _filled(self.offer, slug=slug)

    def event_page(self, slug: str) -> str | None:
        """The page of the event of this slug."""
        return _filled(self.event, slug=slug)

    def group_page(self, slug: str) -> str | None:
        """The page of the group of this slug."""
        return _filled(self.group, slug=slug)

    def member_page(self, slug: str) -> str | None:
        """The page of the member of this slug."""
        return _filled(self.member, slug=slug)

    def confirm_page(self, public_url: str, token: str) -> str:
        """Where an address is confirmed by this token."""
        return _filled(self.confirm, token=token) or f"{public_url}/confirm?token={quote(token)}"

    def reset_page(self, public_url: str, token: str) -> str:
        """Where a new password is chosen by this token."""
        return _filled(self.reset, token=token) or f"{public_url}/reset?token={quote(token)}"

    def invitation_page(self, public_url: str, token: str) -> str:
        """Where somebody accepts by this token to act for an organisation."""
        return _filled(self.invitation, token=token) or f"{public_url}/invitation?token={quote(token)}"

    def unsubscribe_page(self, token: str) -> str | None:
        """Where somebody switches mails of a kind off by this token: on the site, where it has a page for it."""
        return _filled(self.unsubscribe, token=token)

    def sign_in_page(self, token: str) -> str | None:
        """Where somebody is signed in by this token: on the site alone, for a page of the server's signs nobody in."""
        return _filled(self.sign_in, token=token)

    def provider_page(self, token: str) -> str:
        """Where somebody goes on by this token who came back from the provider: there is one only with a site."""
        return _filled(self.provider, token=token) or ""


def _filled(template: str | None, **values: str) -> str | None:
    if template is None:
        return None
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template
