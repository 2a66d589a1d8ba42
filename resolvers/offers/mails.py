"""Mail about entries and responses: to the accounts of the side that it concerns."""

from collections.abc import Sequence

from models import Mail, Member, NotificationKind, Offer, OfferResponse, OfferStatus, ResponseStatus
from resolvers.context import Rules
from resolvers.mail.queue import addresses_of, mail

_SUBJECTS = {
    OfferStatus.PUBLISHED: "„{title}“ ist veröffentlicht",
    OfferStatus.DRAFT: "„{title}“ braucht eine Überarbeitung",
    OfferStatus.EXPIRED: "„{title}“ ist abgelaufen",
}
_TEXTS = {
    OfferStatus.PUBLISHED: "die Koordinierungsstelle hat den Eintrag „{title}“ geprüft. Er steht jetzt auf der "
    "Suche-Biete-Plattform.",
    OfferStatus.DRAFT: "die Koordinierungsstelle hat den Eintrag „{title}“ geprüft und als Entwurf zurückgegeben.",
    OfferStatus.EXPIRED: "der Eintrag „{title}“ ist abgelaufen und steht nicht mehr auf der Suche-Biete-Plattform. "
    "Sie können ihn jederzeit erneuern: Veröffentlichen Sie ihn dazu noch einmal.",
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
        paragraphs = [_TEXTS[offer.status].format(title=offer.title)]
        if offer.status is OfferStatus.DRAFT and offer.status_reason:
            paragraphs += ["Begründung:", offer.status_reason]
        subject = _SUBJECTS[offer.status].format(title=offer.title)
        for address in addresses.get(offer.owner_id or -1, ()):
            mails.append(_letter(rules, offer, address, subject, *paragraphs))
    return mails


async def about_new_response(rules: Rules, offer: Offer, responder: Member, response: OfferResponse) -> list[Mail]:
    """To the owner's side: somebody answered the entry, and what they wrote."""
    return await _to(
        rules,
        NotificationKind.RESPONSE_RECEIVED,
        offer,
        offer.owner_id,
        f"Antwort auf „{offer.title}“",
        f"{responder.name} hat auf den Eintrag „{offer.title}“ geantwortet:",
        response.message,
        "Wird die Antwort angenommen, sehen beide Seiten die Kontaktdaten der anderen.",
    )


async def about_decision(rules: Rules, response: OfferResponse) -> list[Mail]:
    """To the sender's side of a response whose `offer` is loaded: accepted or declined."""
    title = response.offer.title
    if response.status is ResponseStatus.ACCEPTED:
        subject = f"„{title}“: Antwort angenommen"
        text = (
            f"die Antwort auf den Eintrag „{title}“ wurde angenommen. Beide Seiten sehen jetzt die Kontaktdaten "
            "der anderen."
        )
    else:
        subject = f"„{title}“: Antwort abgelehnt"
        text = f"die Antwort auf den Eintrag „{title}“ wurde leider abgelehnt."
    return await _to(rules, NotificationKind.RESPONSE_DECIDED, response.offer, response.member_id, subject, text)


async def _to(
    rules: Rules, kind: NotificationKind, offer: Offer, member_id: int | None, subject: str, *paragraphs: str
) -> list[Mail]:
    if member_id is None:
        return []
    addresses = (await addresses_of([member_id])).get(member_id, [])
    return [_letter(rules, offer, address, subject, *paragraphs, kind=kind) for address in addresses]


def _letter(
    rules: Rules, offer: Offer, address: str, subject: str, *paragraphs: str, kind: NotificationKind | None = None
) -> Mail:
    page = rules.site.offer_page(offer.slug) or rules.home
    body = "\n\n".join(("Guten Tag,", *paragraphs, page, rules.network_name))
    return mail(address, subject, body, kind)
