"""A person and their organisation apply together, and the office decides about both at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.access.members import applications_of, sees_inside, visible_members
from auth.access.offers import visible_offers
from auth.access.rows import ForeignKeyRelation
from models import Application, Member, MemberKind, MemberStatus, Offer, OfferStatus, Representation
from resolvers.context import Context
from resolvers.inputs.validation import Check, Values
from resolvers.members.write import MEMBERS
from resolvers.offers.transitions import publish_first_offer
from resolvers.offers.write import OFFERS, judge_first_offer, store_first_offer
from resolvers.user_errors import UserError
from resolvers.versioned import judge_new, kept_row
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes

# ---------------------------------------------------------------- read


async def member_application(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str]
) -> list[Application | None]:
    """With whom each has applied, person or organisation; None for who may not see it, and where it applied alone."""
    keys = [parent.id for parent in parents if sees_inside(ctx.viewer, parent.id)]
    rows = await Application.filter(applications_of(keys)) if keys else []
    found = {key: row for row in rows for key in (row.person_id, row.organisation_id)}
    return [found.get(parent.id) if parent.id in keys else None for parent in parents]


application_person = ForeignKeyRelation(Member, visible_members, "person_id")
application_organisation = ForeignKeyRelation(Member, visible_members, "organisation_id")
application_offer = ForeignKeyRelation(Offer, visible_offers, "offer_id")

# ---------------------------------------------------------------- made


async def judged_application(values: Values) -> tuple[dict[str, Any], list[UserError]]:
    """What is applied for besides the person, as JSON for `enter_application`, and what is wrong with it."""
    check = Check("input")
    message = check.text("message", values, longest=2000)
    organisation = await judge_new(MEMBERS, values["organisation"], ("input", "organisation"))
    kept: dict[str, Any] = {"organisation": organisation.kept(), "message": message}
    wrong = [*organisation.check.errors]
    if (given := values.get("first_offer")) is not None:
        offer = await judge_first_offer(given, "input", "firstOffer")
        wrong += offer.check.errors
        kept["offer"] = {**offer.kept(), "direction": given["direction"], "publish": bool(given.get("publish"))}
    return kept, [*wrong, *check.errors]


async def enter_application(changes: Changes, person: Member, kept: Mapping[str, Any]) -> None:
    """Make an organisation that has applied of it, which the person represents, and a draft; within the transaction."""
    new = kept_row(MEMBERS, kept["organisation"])
    applied = {"kind": MemberKind.ORGANISATION, "status": MemberStatus.APPLIED, "joined_at": None}
    organisation = await new.insert(new.row(**applied))
    await Representation.create(organisation_id=organisation.id, person_id=person.id)
    first, offer = kept.get("offer"), None
    if first is not None:
        offer = await store_first_offer(changes, kept_row(OFFERS, first), first["direction"], organisation.id)
    await Application.create(
        person_id=person.id,
        organisation_id=organisation.id,
        offer_id=offer and offer.id,
        publishes=first is not None and first["publish"],
        message=kept["message"],
    )
    changes.tell(MemberChanged(organisation.id))


# ---------------------------------------------------------------- decided


async def let_in(ctx: Context, changes: Changes, member: Member) -> None:
    """After a member was let in: the application is done with, and the first entry goes its way."""
    application = await Application.filter(applications_of([member.id])).first()
    if application is None:
        return
    await application.delete()
    if application.publishes and application.offer_id is not None:
        offer = await Offer.filter(id=application.offer_id, status=OfferStatus.DRAFT).select_for_update().first()
        if offer is not None:
            await publish_first_offer(ctx, changes, offer)
