"""The calendar of what an account is registered for, under its secret address."""

import pytest

from auth.tokens import Tokens
from models import Account, Event, EventStatus, Member, MemberStatus, Registration, Representation, now
from tests.web.http.feeds.reading import calendar, get, instant
from tests.world import World

pytestmark = pytest.mark.walk

ADDRESS = "{ viewer { registrationsIcalUrl } }"
RENEW = "mutation { renewRegistrationsIcalUrl { viewer { registrationsIcalUrl } userErrors { code } } }"


async def address(world: World, member: Member | Account) -> str:
    return str((await world.data(ADDRESS, member))["viewer"]["registrationsIcalUrl"])


async def registered(world: World, title: str, member: Member, status: str = "CONFIRMED") -> Registration:
    event = await world.event(title)
    return await Registration.create(event=event, member=member, status=status, queue_number=1)


async def test_it_holds_what_the_account_is_registered_for_and_nothing_else(world: World) -> None:
    person, other = await world.member("Eigen"), await world.member("Fremd")
    club = await world.organisation("Verein", by=person)
    await registered(world, "Mit Platz", person)
    waiting = await registered(world, "Wartet", person, "WAITLISTED")
    await registered(world, "Gab auf", person, "CANCELLED")
    await registered(world, "Des Vereins", club)
    await registered(world, "Anderer", other)
    dropped = await registered(world, "Fällt aus", person)
    await Event.filter(id=dropped.event_id).update(status=EventStatus.CANCELLED, status_reason="Sturm")
    found = await calendar(world, await address(world, person))
    assert {title: str(event["STATUS"]) for title, event in found.items()} == {
        "Mit Platz": "CONFIRMED",
        "Wartet": "TENTATIVE",
        "Des Vereins": "CONFIRMED",
        "Fällt aus": "CANCELLED",
    }
    assert found["Wartet"]["DESCRIPTION"] == "Auf der Warteliste\n\nAlle sind willkommen."
    assert instant(found["Wartet"], "LAST-MODIFIED") == waiting.updated_at.replace(microsecond=0)
    assert list(await calendar(world, await address(world, other))) == ["Anderer"]


async def test_an_event_for_which_two_of_them_are_registered_is_there_once(world: World) -> None:
    person = await world.member()
    club = await world.organisation(by=person)
    one = await registered(world, "Messe", person, "WAITLISTED")
    await Registration.create(event_id=one.event_id, member=club, status="CONFIRMED", queue_number=2)
    assert (await calendar(world, await address(world, person)))["Messe"]["STATUS"] == "CONFIRMED"
    await Representation.filter(person=person).delete()
    assert (await calendar(world, await address(world, person)))["Messe"]["STATUS"] == "TENTATIVE"


async def test_a_draft_is_not_in_it_even_for_its_host(world: World) -> None:
    person = await world.member()
    one = await registered(world, "Geheim", person)
    await Event.filter(id=one.event_id).update(status=EventStatus.DRAFT, host_id=person.id)
    assert await calendar(world, await address(world, person)) == {}


async def test_the_address_stays_until_it_is_renewed_which_revokes_it(world: World) -> None:
    person, other = await world.member("Eigen"), await world.member("Fremd")
    await registered(world, "Treffen", person)
    old, others = await address(world, person), await address(world, other)
    assert old == await address(world, person) != others
    renewed = (await world.data(RENEW, person))["renewRegistrationsIcalUrl"]
    assert renewed["userErrors"] == []
    new = renewed["viewer"]["registrationsIcalUrl"]
    assert new == await address(world, person) != old
    assert (await get(world, old)).status_code == 404
    assert list(await calendar(world, new)) == ["Treffen"]
    assert (await get(world, others)).status_code == 200
    assert not await world.told()


@pytest.mark.parametrize("status", [s for s in MemberStatus if s is not MemberStatus.ACTIVE])
async def test_only_active_members_have_one(world: World, status: MemberStatus) -> None:
    person = await world.member()
    url = await address(world, person)
    assert (await get(world, url)).status_code == 200
    asking = await world.context(person)
    await Member.filter(id=person.id).update(status=status)
    assert (await get(world, url)).status_code == 404
    if status is not MemberStatus.LEFT:
        await asking.renew()
        assert (await world.data(ADDRESS, asking))["viewer"] == {"registrationsIcalUrl": None}
        assert (await world.ask(RENEW, asking)).codes == ["FORBIDDEN"]
    assert (await world.account(person)).calendar_generation == 1
    await Member.filter(id=person.id).update(status=MemberStatus.ACTIVE, joined_at=now())
    assert (await get(world, url)).status_code == 200


async def test_an_account_of_the_office_that_is_nobody_s_has_an_empty_one(world: World) -> None:
    await registered(world, "Anderer", await world.member())
    assert await calendar(world, await address(world, await world.office())) == {}


async def test_an_address_cannot_be_made_without_the_key(world: World) -> None:
    person = await world.member()
    account = await world.account(person)
    path = await address(world, person)
    secret = path.rpartition("/")[2].removesuffix(".ics")
    strange = Tokens("another secret that is long enough", world.services.tokens._access_lifetime)
    forged = [
        strange.make_calendar(account.id, 1),
        secret[:-1],
        secret[:20],
        secret.swapcase(),
        "Ä",
        "=",
        secret + "=a",
    ]
    for text in forged:
        assert (await get(world, f"/feeds/registrations/{text}.ics")).status_code == 404, text
    answer = await get(world, path)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert (await get(world, path, if_none_match=answer.headers["ETag"])).status_code == 304
    await world.data(RENEW, person)
    assert (await get(world, path, if_none_match=answer.headers["ETag"])).status_code == 404
