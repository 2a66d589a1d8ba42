"""The demonstration: what it promises, and that its rows are as the API itself would have made them."""

import asyncio
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from tortoise.models import Model

import models
from models import (
    SEATED,
    Account,
    Application,
    Commitment,
    District,
    Event,
    EventKind,
    EventStatus,
    Group,
    GroupMembership,
    GroupPost,
    GroupRole,
    GroupStatus,
    Member,
    MemberKind,
    MembershipStatus,
    MemberStatus,
    NetworkRole,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferResponse,
    OfferStatus,
    Registration,
    RegistrationStatus,
    Representation,
    RepresentativeInvitation,
    ResponseStatus,
    Topic,
    now,
)
from models.sql.slugs import slugify
from models.text.folding import sort_key
from models.weekly_times import slots_of
from resolvers.context import Context, system_context
from resolvers.demo import ACCOUNTS, PASSWORD, load_demo
from resolvers.demo.calendar import Calendar
from resolvers.demo.events import EVENTS, FAIR, FOUNDING, WORKSHOPS
from resolvers.demo.groups import GROUPS
from resolvers.demo.offers import ENTRIES
from resolvers.demo.shapes import Moment, prose
from resolvers.offers.states import end_of
from schema.declare.ids import global_id
from tests.statements import statements
from tests.world import World

pytestmark = pytest.mark.walk

_BERLIN = ZoneInfo("Europe/Berlin")
_TABLES: tuple[type[Model], ...] = (
    Topic,
    District,
    Member,
    Representation,
    RepresentativeInvitation,
    Application,
    Account,
    Group,
    GroupMembership,
    GroupPost,
    Event,
    Registration,
    Offer,
    OfferResponse,
)


async def loaded(world: World) -> Context:
    """The world with the demonstration in it."""
    ctx = system_context(world.services)
    assert await load_demo(ctx) is True
    return ctx


async def counts() -> dict[str, int]:
    """How many rows each table holds."""
    return {table.__name__: await table.all().count() for table in _TABLES}


def texts_of(rows: list[Any], *columns: str) -> list[str]:
    """What stands in these columns, but for nulls."""
    return [value for row in rows for column in columns if (value := getattr(row, column)) is not None]


async def test_the_network_is_as_large_as_the_mission_says(world: World) -> None:
    await loaded(world)
    active = Member.filter(status=MemberStatus.ACTIVE)
    assert await active.count() == 95
    assert await active.filter(kind=MemberKind.ORGANISATION).count() == 54
    assert await Member.filter(status=MemberStatus.APPLIED).count() == 5
    assert 40 <= await District.all().count() <= 60
    assert 12 <= await Topic.all().count() <= 20
    assert await Group.filter(status=GroupStatus.ACTIVE).count() == await Group.all().count() == 4
    assert 10 <= await Event.filter(starts_at__gt=now(), status=EventStatus.PUBLISHED).count() <= 14
    for status in EventStatus:
        assert await Event.filter(status=status).exists()
    for kind in EventKind:
        assert await Event.filter(kind=kind, status=EventStatus.PUBLISHED).exists()


async def test_the_board_holds_some_eighty_entries_of_every_kind_and_state(world: World) -> None:
    await loaded(world)
    offers = await Offer.all()
    assert len(offers) == 80
    by_status = Counter(offer.status for offer in offers)
    assert set(by_status) == set(OfferStatus)
    assert by_status[OfferStatus.PUBLISHED] == 68
    board = [offer for offer in offers if offer.status is OfferStatus.PUBLISHED]
    assert Counter(offer.direction for offer in board) == {OfferDirection.SEEK: 31, OfferDirection.PROVIDE: 37}
    assert {offer.category for offer in board} == set(OfferCategory)
    assert {row.status for row in await OfferResponse.all()} == set(ResponseStatus)


async def test_entries_have_the_dates_of_their_states(world: World) -> None:
    ctx = await loaded(world)
    instant = now()
    for offer in await Offer.all():
        never = offer.status in (OfferStatus.DRAFT, OfferStatus.IN_REVIEW)
        assert (offer.published_at is None) == (offer.expires_at is None) == never, offer.title
        assert offer.newest_at == (offer.published_at or offer.created_at)
        assert offer.created_at <= offer.updated_at <= instant
        if offer.published_at is not None:
            assert offer.expires_at == end_of(offer.published_at, offer.available_until, ctx.rules.offer_lifetime)
            assert (offer.expires_at <= instant) == (offer.status is OfferStatus.EXPIRED), offer.title


async def test_who_waits_for_review_has_never_published(world: World) -> None:
    await loaded(world)
    published = set(await Offer.filter(published_at__isnull=False).values_list("owner_id", flat=True))
    waiting = await Offer.filter(status=OfferStatus.IN_REVIEW).values_list("owner_id", flat=True)
    assert waiting
    assert not published & set(waiting)


async def test_responses_are_by_others_and_at_a_time_when_the_entry_was_on_the_board(world: World) -> None:
    await loaded(world)
    acts_for: dict[int, set[int]] = defaultdict(set)
    for one in await Representation.all():
        acts_for[one.person_id].add(one.organisation_id)
    for response in await OfferResponse.all().select_related("offer"):
        owner = response.offer.owner_id
        assert response.offer.published_at is not None
        assert response.offer.published_at < response.created_at < now()
        assert response.member_id != owner
        assert owner not in acts_for[response.member_id or 0]
        assert response.member_id not in acts_for[owner or 0]
        decided = response.status in (ResponseStatus.ACCEPTED, ResponseStatus.DECLINED)
        assert (response.decided_at is not None) == decided
        assert response.decided_at is None or response.created_at < response.decided_at < now()


async def test_entries_of_a_group_are_of_its_members(world: World) -> None:
    await loaded(world)
    members = set(await GroupMembership.filter(status=MembershipStatus.ACTIVE).values_list("group_id", "member_id"))
    in_groups = await Offer.filter(group_id__isnull=False)
    assert len(in_groups) >= 8
    assert {(offer.group_id, offer.owner_id) for offer in in_groups} <= members


async def test_groups_have_coordinators_members_requests_and_news(world: World) -> None:
    await loaded(world)
    founded = (await Event.get(slug=slugify(FOUNDING.title))).starts_at
    for group in await Group.all():
        memberships = await GroupMembership.filter(group=group)
        active = [row for row in memberships if row.status is MembershipStatus.ACTIVE]
        assert 8 <= len(active) <= 25
        assert any(row.role is GroupRole.COORDINATOR for row in active)
        assert len({row.member_id for row in memberships}) == len(memberships)
        assert all(row.joined_at and founded < row.joined_at < now() for row in active)
        posts = await GroupPost.filter(group=group)
        assert 3 <= len(posts) <= 5
        assert {post.author_id for post in posts} <= {row.member_id for row in active}
        assert all(founded < post.published_at < now() for post in posts)
        latest = [post.published_at for post in posts] + [row.joined_at for row in active if row.joined_at]
        assert group.active_at == max(latest)
    assert await GroupMembership.filter(status=MembershipStatus.REQUESTED).exists()
    assert await GroupMembership.filter(status=MembershipStatus.INVITED).exists()
    assert await Member.filter(status=MemberStatus.ACTIVE).count() == 95
    known = await GroupMembership.all().select_related("member")
    assert {row.member.status for row in known} == {MemberStatus.ACTIVE}


async def test_counters_of_events_are_those_of_the_rows(world: World) -> None:
    await loaded(world)
    for event in await Event.all():
        rows = await Registration.filter(event=event).order_by("queue_number")
        assert event.confirmed_count == sum(row.status in SEATED for row in rows), event.title
        waiting = [row for row in rows if row.status is RegistrationStatus.WAITLISTED]
        assert event.waitlisted_count == len(waiting)
        assert event.queue_number == max([row.queue_number for row in rows], default=0)
        assert event.capacity is None or event.confirmed_count <= event.capacity
        assert not waiting or event.confirmed_count == event.capacity
        instants = [row.registered_at for row in rows]
        assert instants == sorted(instants)
        assert all(event.created_at < instant < min(event.starts_at, now()) for instant in instants)
        came = {RegistrationStatus.ATTENDED, RegistrationStatus.NO_SHOW}
        statuses = {row.status for row in rows}
        assert not statuses & (came if event.ends_at > now() else {RegistrationStatus.CONFIRMED})
    full = await Event.get(waitlisted_count__gt=0)
    assert full.starts_at > now()
    assert full.capacity is not None
    assert full.capacity < 10


async def test_the_founding_event_lies_behind_with_workshops_and_a_fair(world: World) -> None:
    await loaded(world)
    founding = await Event.get(slug=slugify(FOUNDING.title))
    assert founding.title == "Auftakt des Engagement-Netzwerks"
    assert founding.venue_name == "Hallenbad – Kultur am Schachtweg"
    assert now() - timedelta(weeks=9) < founding.ends_at < now() - timedelta(weeks=6)
    assert founding.starts_at.astimezone(_BERLIN).strftime("%A %H:%M") == "Saturday 10:00"
    assert "Über 170 Menschen" in founding.description
    assert founding.confirmed_count > 80
    sessions = await Event.filter(parent=founding)
    assert [one.kind for one in sessions].count(EventKind.WORKSHOP) == 4
    fair = next(one for one in sessions if one.kind is EventKind.FAIR)
    assert fair.title == "Markt der Möglichkeiten"
    assert fair.description.count("\n– ") == 12
    for one in sessions:
        assert founding.starts_at <= one.starts_at < one.ends_at <= founding.ends_at


async def test_nobody_is_in_two_places_at_a_time(world: World) -> None:
    await loaded(world)
    at: dict[int | None, list[Event]] = defaultdict(list)
    for row in await Registration.exclude(status=RegistrationStatus.CANCELLED).select_related("event"):
        at[row.member_id].append(row.event)
    for events in at.values():
        for one, other in combinations(events, 2):
            if other.id != one.parent_id and one.id != other.parent_id:
                assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at, (one.title, other.title)


async def test_addresses_are_in_reserved_domains_and_numbers_are_nobodys(world: World) -> None:
    await loaded(world)
    members = await Member.all()
    emails = texts_of(members, "email") + [account.email for account in await Account.all()]
    assert len(emails) == 100 + 4
    assert all(re.fullmatch(r"[a-z0-9.-]+@[a-z0-9.-]+\.example", email) for email in emails)
    assert not {account.email for account in await Account.all()} & {member.email for member in members}
    links = texts_of(members, "website") + texts_of(await Event.all(), "online_url")
    assert len(links) > 40
    assert all(re.fullmatch(r"https://[a-z0-9.-]+\.example(/[a-z0-9-]+)?", link) for link in links)
    phones = texts_of(members, "phone")
    assert len(phones) > 15
    assert len(set(phones)) == len(phones)
    for phone in phones:
        assert re.fullmatch(r"\+493023125\d{3}|\+4917139200\d{2}", phone)
        assert phonenumbers.is_possible_number(phonenumbers.parse(phone))
    prose_of_all = "\n".join(
        texts_of(members, "about")
        + texts_of(await Group.all(), "purpose")
        + texts_of(await GroupPost.all(), "title", "body")
        + texts_of(await Event.all(), "title", "description", "status_reason", "venue_accessibility_note")
        + texts_of(await Offer.all(), "title", "description", "status_reason")
        + texts_of(await OfferResponse.all(), "message")
    )
    assert "@" not in prose_of_all
    assert "http" not in prose_of_all
    assert not re.search(r"\+?\d[\d /-]{6,}\d", prose_of_all)


async def test_nobodys_contact_is_public_by_accident(world: World) -> None:
    await loaded(world)
    active = await Member.filter(status=MemberStatus.ACTIVE)
    assert {member.email_audience for member in active} == set(models.Audience)
    assert {member.phone_audience for member in active} == set(models.Audience)
    without = await Member.filter(phone__isnull=True)
    assert {member.phone_audience for member in without} == {models.Audience.NOBODY}


async def test_texts_keep_the_limits_of_the_api_and_their_umlauts(world: World) -> None:
    await loaded(world)
    members, groups = await Member.all(), await Group.all()
    posts, events, offers = await GroupPost.all(), await Event.all(), await Offer.all()
    titles = texts_of(posts, "title") + texts_of(events, "title") + texts_of(offers, "title")
    assert all(3 <= len(title) <= 200 and title == title.strip() for title in titles)
    assert all(1 <= len(member.name) <= 200 for member in members)
    assert all(3 <= len(group.name) <= 120 and len(group.purpose) <= 5000 for group in groups)
    long = (
        texts_of(members, "about")
        + texts_of(groups, "purpose")
        + texts_of(posts, "body")
        + texts_of(events, "description")
        + texts_of(offers, "description")
        + texts_of(await OfferResponse.all(), "message")
    )
    for text in long:
        assert 10 <= len(text) <= 5000
        assert text == text.strip()
        assert not re.search(r"  |[ÃÂ]|\n {1,}|\t|[\"]", text), text
    names = {district.slug: district.name for district in await District.all()}
    assert names["moerse"] == "Mörse"
    assert names["suelfeld"] == "Sülfeld"
    assert (await Topic.get(slug="rettung-und-hilfe")).name == "Rettung und Hilfe"
    assert (await Member.get(name="Hülya Sarıkaya")).slug == "huelya-sarikaya"
    assert all(set(offer.languages) <= {"de", "ar", "en", "fr", "it", "ru", "tr", "uk"} for offer in offers)


async def test_derived_columns_are_those_of_the_api(world: World) -> None:
    await loaded(world)
    for member in await Member.all():
        assert member.name_key == sort_key(member.name)
        assert member.slug == slugify(member.name)
    for group in await Group.all():
        assert group.name_key == sort_key(group.name)


async def test_four_accounts_sign_in(world: World) -> None:
    await loaded(world)
    accounts = {account.email: account for account in await Account.all().select_related("member")}
    assert set(accounts) == set(ACCOUNTS)
    for account in accounts.values():
        assert await world.services.passwords.verify(PASSWORD, account.password_hash)
    office = accounts["office@mitwirk.example"]
    assert (office.role, office.member) == (NetworkRole.OFFICE, None)
    coordinator = accounts["coordinator@mitwirk.example"].member
    board = await Group.get(slug="suche-biete-plattform")
    assert await GroupMembership.filter(
        group=board, member=coordinator, role=GroupRole.COORDINATOR, status=MembershipStatus.ACTIVE
    ).exists()
    member = accounts["member@mitwirk.example"].member
    assert member is not None
    assert member.status is MemberStatus.ACTIVE
    represented = await Representation.get(person=member)
    for owner in (member.id, represented.organisation_id):
        assert await Offer.filter(owner_id=owner, status=OfferStatus.PUBLISHED).exists()
    applicant = accounts["applicant@mitwirk.example"].member
    assert applicant is not None
    assert applicant.status is MemberStatus.APPLIED


async def test_somebody_applies_with_a_club_and_two_were_asked_to_act_for_another(world: World) -> None:
    await loaded(world)
    by = {email: await Account.get(email=email) for email in ACCOUNTS}
    application = await Application.get().select_related("person", "organisation")
    assert {application.person.status, application.organisation.status} == {MemberStatus.APPLIED}
    assert await Representation.filter(person=application.person, organisation=application.organisation).exists()
    shown = "query($id: ID!) { node(id: $id) { ... on Member { application { message organisation { name } } } } }"
    key = global_id("Member", application.person.id)
    found = (await world.data(shown, by["office@mitwirk.example"], id=key))["node"]["application"]
    assert found["organisation"] == {"name": application.organisation.name}
    assert "Wagen" in found["message"]
    waiting = "{ viewer { actsFor { name invitations { email } askedRepresentatives { name } } } }"
    acting = (await world.data(waiting, by["member@mitwirk.example"]))["viewer"]["actsFor"]
    club = next(one for one in acting if one["name"].startswith("Reparaturtreff"))
    assert club["invitations"] == [{"email": "malte.brinkmann@post.example"}]
    assert club["askedRepresentatives"] == [{"name": "Henrike Ahlers"}]
    agree = 'mutation { it: acceptInvitation(token: "mitwirk-demo-mitglied") { userErrors { code } } }'
    assert (await world.data(agree, by["coordinator@mitwirk.example"]))["it"] == {"userErrors": []}
    assert await Representation.filter(organisation__name=club["name"]).count() == 2


async def test_the_demonstration_member_publishes_at_once_and_its_list_is_answered(world: World) -> None:
    await loaded(world)
    member = await Account.get(email="member@mitwirk.example")
    document = """mutation ($input: CreateOfferInput!) {
      createOffer(input: $input) { offer { status owner { name } } userErrors { message } }
    }"""
    entry = {
        "direction": "SEEK",
        "category": "MATERIAL",
        "title": "Lötzinn",
        "description": "Bleifrei.",
        "publish": True,
    }
    answer = await world.data(document, member, input=entry)
    assert answer["createOffer"]["offer"] == {"status": "PUBLISHED", "owner": {"name": "Tobias Wendlandt"}}
    found = await world.data("{ offers(first: 100) { totalCount } network { about statistics { memberCount } } }")
    assert found["offers"]["totalCount"] == 69
    assert found["network"]["statistics"]["memberCount"] == 95
    assert "95 Mitwirkende" in found["network"]["about"]


async def test_loading_tells_that_it_was_done_and_loading_twice_changes_nothing(world: World) -> None:
    ctx = await loaded(world)
    before = await counts()
    hashed = world.services.passwords.hashed
    assert await load_demo(ctx) is False
    assert await counts() == before
    assert world.services.passwords.hashed == hashed
    assert [one.kind for one in await world.told()] == ["DemonstrationLoaded"]
    assert await models.Mail.all().count() == 0


async def test_of_starts_at_the_same_time_one_loads(world: World) -> None:
    ctx = system_context(world.services)
    assert sorted(await asyncio.gather(*(load_demo(ctx) for _number in range(3)))) == [False, False, True]
    assert await Member.filter(status=MemberStatus.ACTIVE).count() == 95


async def test_a_network_with_a_member_is_left_alone(world: World) -> None:
    await world.member("Erika Muster")
    assert await load_demo(system_context(world.services)) is False
    assert await Member.all().count() == 1
    assert await Account.all().count() == 0


async def test_what_is_there_already_is_used(world: World) -> None:
    await Topic.create(slug="jugend", name="Junge Leute", name_key="junge leute")
    await Account.create(email="office@mitwirk.example", password_hash="!", role=NetworkRole.ADMIN)
    await loaded(world)
    assert (await Topic.get(slug="jugend")).name == "Junge Leute"
    assert (await Account.get(email="office@mitwirk.example")).role is NetworkRole.ADMIN


async def test_it_is_loaded_in_few_statements(world: World) -> None:
    with statements() as sent:
        await loaded(world)
    assert len(sent) < 120


async def test_every_start_loads_the_same(world: World) -> None:
    ctx = await loaded(world)
    first = await contents()
    await District.all().update(parent_id=None)
    for table in reversed(_TABLES):
        await table.all().delete()
    assert await load_demo(ctx) is True
    assert await contents() == first
    assert {title: text for title, text in first["offers"]} == {
        entry.title: prose(entry.description) for entry in ENTRIES
    }
    assert {slug for slug, _title in first["events"]} == {
        slugify(text.title) for text in (FOUNDING, *WORKSHOPS, FAIR, *EVENTS)
    }


async def contents() -> dict[str, list[Any]]:
    """What is in the demonstration, without keys and instants."""
    return {
        "members": await Member.all().order_by("slug").values_list("slug", "email", "email_audience", "phone"),
        "groups": await Group.all().order_by("slug").values_list("slug", "purpose"),
        "posts": await GroupPost.all().order_by("title", "body").values_list("title", "body"),
        "events": await Event.all().order_by("slug").values_list("slug", "title"),
        "seats": await Registration.all()
        .order_by("event__slug", "queue_number")
        .values_list("event__slug", "queue_number", "member__slug", "status"),
        "offers": await Offer.all().order_by("slug").values_list("title", "description"),
    }


@pytest.mark.parametrize("month", [3, 10])
def test_hours_are_local_across_a_change_of_the_clocks(month: int) -> None:
    for day in range(20, 29):
        calendar = Calendar(datetime(2026, month, day, 12, tzinfo=UTC))
        for weeks in (-2, -1, 1, 2):
            instant = calendar.at(Moment(weeks, 6, 9, 30))
            assert instant.tzinfo is UTC
            assert instant.astimezone(_BERLIN).strftime("%A %H:%M") == "Sunday 09:30"
    winter, summer = Calendar(datetime(2026, 3, 20, 12, tzinfo=UTC)), Calendar(datetime(2026, 4, 3, 12, tzinfo=UTC))
    assert winter.at(Moment(0, 0, 10)).hour == 9
    assert summer.at(Moment(0, 0, 10)).hour == 8


@pytest.mark.parametrize("hour", [0, 5, 12, 22, 23])
def test_on_any_day_the_past_lies_behind_and_the_future_ahead(hour: int) -> None:
    for day in range(0, 400):
        instant = datetime(2026, 11, 1, hour, 30, tzinfo=UTC) + timedelta(days=day)
        calendar = Calendar(instant)
        founded = calendar.at(FOUNDING.begins)
        assert calendar.ago(FOUNDING.announced) < founded < instant
        for text in EVENTS:
            starts, announced = calendar.at(text.begins), calendar.ago(text.announced)
            assert (starts > instant) == (text.begins.weeks > 0)
            assert founded < announced < min(starts, instant)
        for number, entry in enumerate(ENTRIES):
            assert founded < calendar.ago(entry.days, number) < instant
        for group in GROUPS:
            for number, post in enumerate(group.posts):
                assert founded < calendar.ago(post.days, number + 1) < instant


async def test_entries_say_when_or_leave_it_open(world: World) -> None:
    await load_demo(await world.context())
    offers = await Offer.all()
    assert {offer.commitment for offer in offers} == {None, *Commitment}
    assert {bool(offer.times) for offer in offers} == {True, False}
    assert all(offer.time_slots == slots_of(offer.times) for offer in offers)
    (tour,) = [offer for offer in offers if offer.title == "Fahrerinnen und Fahrer für die Abendtour"]
    assert tour.times == [{"weekday": day, "from": "19:00", "until": "20:30"} for day in ("MONDAY", "THURSDAY")]
