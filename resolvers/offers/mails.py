"""Mail about entries and responses: to the accounts of the side that it concerns."""

from collections.abc import Sequence

from models import Mail, Member, NotificationKind, Offer, OfferResponse, OfferStatus, ResponseStatus
from resolvers.context import Rules
from resolvers.mail.letters import in_all_languages
from resolvers.mail.queue import addresses_of
from resolvers.translation import _

_SUBJECTS = {
    OfferStatus.PUBLISHED: _("“{title}” is published"),
    OfferStatus.DRAFT: _("“{title}” needs another look"),
    OfferStatus.EXPIRED: _("“{title}” is over"),
}
_TEXTS = {
    OfferStatus.PUBLISHED: _("The coordination office has looked at the entry “{title}”. It is on the board now."),
    OfferStatus.DRAFT: _("The coordination office has looked at the entry “{title}”, and gives it back as a draft."),
    OfferStatus.EXPIRED: _(
        "The time of the entry “{title}” is over: it has left the board. You can renew it at any time, by publishing "
        "it once more."
    ),
}


async def about_offers(rules: Rules, offers: Sequence[Offer]) -> list[Mail]:
    """To their owners' sides: what became of their entries, as the status of each says.

    PUBLISHED: accepted by the office; DRAFT: sent back, with the reason; EXPIRED: it can be renewed.
    """
    # Each of them asks for something, or tells of what they may do now.
    owners = {offer.owner_id for offer in offers if offer.owner_id is not None}
    # What the office decided itself it knows.
    by_the_office = all(offer.status is not OfferStatus.EXPIRED for offer in offers)
    addresses = await addresses_of(owners, only_active=True, or_office=not by_the_office)
    mails = []
    for offer in offers:
        paragraphs = [_TEXTS[offer.status]]
        if offer.status is OfferStatus.DRAFT and offer.status_reason:
            paragraphs += [_("Reason:"), "{reason}"]
        for address in addresses.get(offer.owner_id or -1, ()):
            mails.append(
                _letter(rules, offer, address, _SUBJECTS[offer.status], *paragraphs, reason=offer.status_reason)
            )
    return mails


async def about_new_response(rules: Rules, offer: Offer, responder: Member, response: OfferResponse) -> list[Mail]:
    """To the owner's side: somebody answered the entry, and what they wrote."""
    return await _to(
        rules,
        NotificationKind.RESPONSE_RECEIVED,
        offer,
        offer.owner_id,
        _("An answer to “{title}”"),
        _("{person} has answered the entry “{title}”:"),
        "{message}",
        _("When the answer is accepted, both sides see how to reach the other."),
        person=responder.name,
        message=response.message,
    )


async def about_decision(rules: Rules, response: OfferResponse) -> list[Mail]:
    """To the sender's side of a response whose `offer` is loaded: accepted or declined."""
    if response.status is ResponseStatus.ACCEPTED:
        subject = _("“{title}”: answer accepted")
        text = _("The answer to the entry “{title}” was accepted. Both sides see from now on how to reach the other.")
    else:
        subject, text = _("“{title}”: answer declined"), _("The answer to the entry “{title}” was declined.")
    return await _to(rules, NotificationKind.RESPONSE_DECIDED, response.offer, response.member_id, subject, text)


async def _to(
    rules: Rules,
    kind: NotificationKind,
    offer: Offer,
    member_id: int | None,
    subject: str,
    *paragraphs: str,
    **said: object,
) -> list[Mail]:
    if member_id is None:
        return []
    addresses = (await addresses_of([member_id])).get(member_id, [])
    return [_letter(rules, offer, address, subject, *paragraphs, kind=kind, **said) for address in addresses]


def _letter(
    rules: Rules,
    offer: Offer,
    address: str,
    subject: str,
    *paragraphs: str,
    kind: NotificationKind | None = None,
    **said: object,
) -> Mail:
    return in_all_languages(
        rules,
        address,
        subject,
        *paragraphs,
        said=lambda _language: {"title": offer.title, **said},
        page=rules.site.offer_page(offer.slug),
        kind=kind,
    )
