"""The state machine of an entry: every action from every state by every role, as docs/offers.md says."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auth.access.offers import WHO_MAY, OfferAction, Side
from models import Account, Mail, Member, MemberStatus, Offer, OfferStatus, now
from resolvers.offers.states import MOVES, end_of
from schema.declare.ids import global_id
from tests.world import Answer, World

pytestmark = pytest.mark.walk

DOCS = Path(__file__).parents[3] / "docs/offers.md"
ID = "mutation($id: ID!) { it: %s(id: $id) { offer { status version } userErrors { path code message } } }"
DOCUMENTS = {
    OfferAction.PUBLISH: ID % "publishOffer",
    OfferAction.PAUSE: ID % "pauseOffer",
    OfferAction.FULFIL: ID % "fulfilOffer",
    OfferAction.WITHDRAW: ID % "withdrawOffer",
    OfferAction.ACCEPT: (ID % "reviewOffer").replace("(id: $id)", "(id: $id, accept: true)"),
    OfferAction.SEND_BACK: (ID % "reviewOffer").replace("(id: $id)", '(id: $id, accept: false, reason: "Zu knapp")'),
    OfferAction.UPDATE: (ID % "updateOffer").replace("(id: $id)", '(input: {id: $id, title: "Anders"})'),
}
Asker = Member | Account | None


async def change(world: World, action: OfferAction, offer: Offer, by: Asker) -> Answer:
    """The answer, in which each user error had a sentence."""
    answer = await world.ask(DOCUMENTS[action], by, id=global_id("Offer", offer.id))
    for error in answer.data["it"]["userErrors"] if answer.data and answer.data["it"] else ():
        assert error.pop("message").endswith(".")
    return answer


def test_the_documented_table_is_the_code_s() -> None:
    lines = ["| action | from | to | who may | told |", "|---|---|---|---|---|"]
    for action, move in MOVES.items():
        target = move.target or "stays"
        lines.append(
            f"| {action} | {', '.join(move.sources)} | {target} | {', '.join(WHO_MAY[action])} | {move.told.__name__} |"
        )
    assert "\n".join(lines) + "\n\n" in DOCS.read_text()
    assert set(DOCUMENTS) == set(MOVES) - {OfferAction.SUBMIT, OfferAction.EXPIRE}


def expected(action: OfferAction, status: OfferStatus, role: str) -> str:
    """The code of the refusal, else the state that it leads to."""
    of_office = WHO_MAY[action] == (Side.OFFICE,)
    if role == "guest":
        return "UNAUTHENTICATED"
    if role == "suspended" or (role != "office" and of_office):
        return "FORBIDDEN"
    if role == "stranger":
        unseen = (OfferStatus.DRAFT, OfferStatus.IN_REVIEW, OfferStatus.WITHDRAWN)
        return "NOT_FOUND" if status in unseen else "FORBIDDEN"
    if status not in MOVES[action].sources:
        return "WRONG_STATE"
    return MOVES[action].target or status


@pytest.mark.parametrize("action", list(DOCUMENTS), ids=str)
async def test_every_action_from_every_state_by_every_role(world: World, action: OfferAction) -> None:
    person = await world.member("Person")
    club = await world.organisation("Verein", person)
    roles: dict[str, tuple[Member, Asker]] = {
        "guest": (person, None),
        "suspended": (person, await world.member("Gesperrt", MemberStatus.SUSPENDED)),
        "stranger": (person, await world.member("Fremd")),
        "owner": (person, person),
        "representative": (club, person),
        "office": (club, await world.office()),
    }
    for owner in (person, club):
        await world.offer("Schon veröffentlicht", owner)
    for role, (owner, asker) in roles.items():
        for status in OfferStatus:
            offer = await world.offer(f"{role} {status}", owner, status)
            before = await Offer.filter(id=offer.id).values()
            told = len(await world.told())
            answer = await change(world, action, offer, asker)
            outcome = expected(action, status, role)
            place = f"{action} from {status} by {role}"
            if outcome in ("UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"):
                assert answer.codes == [outcome], place
            elif outcome == "WRONG_STATE":
                assert answer.data == {"it": {"offer": None, "userErrors": [{"path": [], "code": "WRONG_STATE"}]}}, (
                    place
                )
            else:
                assert answer.data == {"it": {"offer": {"status": outcome, "version": 2}, "userErrors": []}}, place
                changes = (await world.told())[told:]
                assert [(one.kind, one.facts) for one in changes] == [
                    (MOVES[action].told.__name__, {"offer_id": offer.id})
                ], place
                continue
            assert await Offer.filter(id=offer.id).values() == before, place
            assert len(await world.told()) == told, place


async def test_the_first_entry_goes_to_review_the_next_onto_the_board(world: World) -> None:
    owner, office = await world.member(), await world.office()
    await world.account(owner)
    first, second = [await world.offer(title, owner, OfferStatus.DRAFT) for title in ("Eins", "Zwei")]
    assert (await change(world, OfferAction.PUBLISH, first, owner)).data["it"]["offer"]["status"] == "IN_REVIEW"  # type: ignore[index]
    assert (await change(world, OfferAction.ACCEPT, first, office)).data["it"]["offer"]["status"] == "PUBLISHED"  # type: ignore[index]
    assert (await change(world, OfferAction.PUBLISH, second, owner)).data["it"]["offer"]["status"] == "PUBLISHED"  # type: ignore[index]
    assert [one.kind for one in await world.told()] == ["OfferSubmitted", "OfferPublished", "OfferPublished"]
    row = await Offer.get(id=first.id)
    assert row.published_at is not None
    assert row.newest_at == row.published_at
    assert row.expires_at == row.published_at + timedelta(days=90)
    assert [mail.subject for mail in await Mail.all()] == ["„Eins“ ist veröffentlicht / “Eins” is published"]


async def test_what_the_office_publishes_needs_no_review(world: World) -> None:
    offer = await world.offer(owner=await world.member(), status=OfferStatus.DRAFT)
    answer = await change(world, OfferAction.PUBLISH, offer, await world.office())
    assert answer.data == {"it": {"offer": {"status": "PUBLISHED", "version": 2}, "userErrors": []}}


async def test_an_entry_of_a_group_is_told_to_the_group_too(world: World) -> None:
    owner, group = await world.member(), await world.group()
    active_at = group.active_at
    offer = await world.offer(owner=owner, status=OfferStatus.PAUSED, group=group)
    await change(world, OfferAction.PUBLISH, offer, owner)
    assert [(one.kind, one.facts) for one in await world.told()] == [
        ("OfferPublished", {"offer_id": offer.id}),
        ("GroupOfferPublished", {"group_id": group.id, "offer_id": offer.id}),
    ]
    await group.refresh_from_db()
    assert group.active_at == active_at


async def test_sent_back_with_a_reason_that_its_side_and_the_office_see_until_it_is_handed_in_again(
    world: World,
) -> None:
    person, office = await world.member(), await world.office()
    club = await world.organisation("Verein", person)
    await world.account(person)
    offer = await world.offer("Hilfe", club, OfferStatus.IN_REVIEW)
    await change(world, OfferAction.SEND_BACK, offer, office)
    ask = "query($id: ID!) { node(id: $id) { ... on Offer { statusReason } } }"
    reason = {"node": {"statusReason": "Zu knapp"}}
    assert await world.data(ask, person, id=global_id("Offer", offer.id)) == reason
    assert await world.data(ask, office, id=global_id("Offer", offer.id)) == reason
    assert await world.data(ask, id=global_id("Offer", offer.id)) == {"node": None}
    [mail] = await Mail.all()
    assert (mail.recipient, "Zu knapp" in mail.body) == ((await world.account(person)).email, True)
    await change(world, OfferAction.PUBLISH, offer, person)
    assert await world.data(ask, person, id=global_id("Offer", offer.id)) == {"node": {"statusReason": None}}


@pytest.mark.parametrize(("reason", "code"), [("", "REQUIRED"), ("  ", "REQUIRED"), ("x" * 1001, "TOO_LONG")])
async def test_sending_back_needs_a_reason(world: World, reason: str, code: str) -> None:
    offer = await world.offer(status=OfferStatus.IN_REVIEW)
    document = """mutation($id: ID!, $reason: String) {
        reviewOffer(id: $id, accept: false, reason: $reason) { offer { id } userErrors { path code } } }"""
    office, key = await world.office(), global_id("Offer", offer.id)
    for variables in ({"reason": reason}, {}) if code == "REQUIRED" else ({"reason": reason},):
        answer = await world.data(document, office, id=key, **variables)
        assert answer["reviewOffer"] == {"offer": None, "userErrors": [{"path": ["reason"], "code": code}]}
    await offer.refresh_from_db()
    assert offer.status is OfferStatus.IN_REVIEW
    assert await world.told() == []
    assert await Mail.all() == []


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (OfferStatus.DRAFT, OfferAction.PUBLISH),
        (OfferStatus.EXPIRED, OfferAction.PUBLISH),
        (OfferStatus.IN_REVIEW, OfferAction.ACCEPT),
    ],
)
async def test_what_is_available_no_more_is_not_published(
    world: World, status: OfferStatus, action: OfferAction
) -> None:
    yesterday = now().date() - timedelta(days=2)
    offer = await world.offer(status=status, available_until=yesterday)
    answer = await change(world, action, offer, await world.office())
    assert answer.data == {"it": {"offer": None, "userErrors": [{"path": [], "code": "OUT_OF_RANGE"}]}}
    await offer.refresh_from_db()
    assert (offer.status, offer.version, await world.told()) == (status, 1, [])


@pytest.mark.parametrize(
    ("until", "end"),
    [
        (None, datetime(2026, 5, 31, 12, tzinfo=UTC)),
        (date(2026, 3, 10), datetime(2026, 3, 10, 23, tzinfo=UTC)),
        # The last day is the one on which the clock goes forward: it ends at 22 o'clock UTC.
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 5, 30), datetime(2026, 5, 30, 22, tzinfo=UTC)),
        (date(2026, 5, 31), datetime(2026, 5, 31, 12, tzinfo=UTC)),
        (date.max, datetime(2026, 5, 31, 12, tzinfo=UTC)),
        (date.min, datetime(1, 1, 1, 23, 6, 32, tzinfo=UTC)),
    ],
)
def test_expiry_is_the_lifetime_or_the_end_of_the_last_day_in_the_town(until: Any, end: datetime) -> None:
    assert end_of(datetime(2026, 3, 2, 12, tzinfo=UTC), until, timedelta(days=90)) == end


async def test_pausing_is_no_way_to_the_top_of_the_board_nor_to_more_time_on_it(world: World) -> None:
    owner = await world.member("Person")
    first, second = await world.offer("Eins", owner), await world.offer("Zwei", owner)
    before = await Offer.get(id=first.id)
    for action in (OfferAction.PAUSE, OfferAction.PUBLISH):
        assert not (await change(world, action, first, owner)).errors
    after = await Offer.get(id=first.id)
    dates = ("status", "published_at", "newest_at", "expires_at")
    assert [getattr(after, name) for name in dates] == [getattr(before, name) for name in dates]
    listed = (await world.data("{ offers { nodes { title } } }"))["offers"]["nodes"]
    assert [one["title"] for one in listed] == [second.title, first.title]


async def test_what_ran_out_during_a_pause_is_renewed(world: World) -> None:
    owner = await world.member("Person")
    long_ago = now() - timedelta(days=100)
    offer = await world.offer(
        "Eins", owner, OfferStatus.PAUSED, published_at=long_ago, expires_at=long_ago + timedelta(days=90)
    )
    assert not (await change(world, OfferAction.PUBLISH, offer, owner)).errors
    renewed = await Offer.get(id=offer.id)
    assert renewed.published_at > long_ago + timedelta(days=99)
    assert renewed.expires_at == renewed.published_at + timedelta(days=90)


WITHDRAW = """mutation($id: ID!) { withdrawOffer(id: $id, reason: "Werbung") {
  offer { statusReason } userErrors { code } } }"""


@pytest.mark.parametrize("by", ["owner", "office"])
async def test_what_the_office_withdraws_it_tells_the_owner_and_why(world: World, by: str) -> None:
    """Who withdraws their own knows."""
    owner, office = await world.member("Person"), await world.office()
    account, offer = await world.account(owner), await world.offer("Werkbank", owner)
    done = await world.data(WITHDRAW, owner if by == "owner" else office, id=global_id("Offer", offer.id))
    assert done["withdrawOffer"] == {"offer": {"statusReason": "Werbung"}, "userErrors": []}
    mails = await Mail.all()
    assert [one.recipient for one in mails] == ([account.email] if by == "office" else [])
    for one in mails:
        assert one.subject == "Zurückgezogen: Werkbank / Withdrawn: Werkbank"
        said = ("die Koordinierungsstelle hat den Eintrag „Werkbank“ zurückgezogen.", "Begründung:\n\nWerbung")
        assert all(text in one.body for text in (*said, "has withdrawn the entry “Werkbank”.", "Reason:\n\nWerbung"))
