"""Posts for some and for everybody; entries that were taken back, that a map shows, and that the office answers for."""

from functools import partial
from itertools import product

import pytest

from auth.access import groups, members, offers
from auth.refusals import Refusal
from models import (
    ApiKeyScope,
    Audience,
    Group,
    GroupPost,
    Member,
    Offer,
    OfferResponse,
    OfferStatus,
    PostAudience,
    ResponseStatus,
    now,
)
from models.filters.near import Bounds, Near
from models.filters.offers import OfferFilter
from tests.auth.access.scene import SIDES, WHO, Scene, Who, outcome
from tests.auth.access.test_given import UNREADABLE, office_alone, taking_part
from tests.auth.access.test_own import given
from tests.world import World

pytestmark = pytest.mark.walk

OFFICE = ("office", "admin", "system")


async def test_posts_are_for_everybody_or_for_who_takes_part(world: World) -> None:
    """A group that is led, one in which Ben takes part, one that is hidden; authors of every side, and none."""
    scene = await Scene.made(world)
    ben = scene.members["ben"]
    for name in ("joined", "hidden"):
        scene.groups[name] = await world.group(name)
        await world.membership(scene.groups[name], ben)
    scene.viewers["ben"] = (await world.context(ben)).viewer
    for name, audience, author in product(("g1", "joined", "hidden"), PostAudience, (*SIDES, None)):
        for _number in range(2):
            post = await GroupPost.create(
                group=scene.groups[name],
                author=scene.members[author] if author else None,
                title="Neues",
                body="Text",
                audience=audience,
            )
        await GroupPost.filter(id=post.id).update(hidden_at=now())
    await Group.filter(id=scene.groups["hidden"].id).update(hidden_at=now())
    rows = await GroupPost.all()
    assert len({(row.audience, row.withheld_at is None) for row in rows}) == 4

    def leads(who: Who, row: GroupPost) -> bool:
        return who.office or scene.group_of(row.group_id) in who.leads

    def meant(who: Who, row: GroupPost) -> bool:
        joins = who == WHO["ben"] and scene.group_of(row.group_id) != "g1"
        return leads(who, row) or row.audience is PostAudience.EVERYONE or joins

    def shown(who: Who, row: GroupPost) -> bool:
        own = scene.name_of(row.author_id) in who.own and scene.group_of(row.group_id) != "hidden"
        return leads(who, row) or (meant(who, row) and (row.withheld_at is None or own))

    def change(who: Who, row: GroupPost | None) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        if not shown(who, row):
            return "NOT_FOUND"
        return None if leads(who, row) or scene.name_of(row.author_id) in who.acting else "FORBIDDEN"

    await scene.shows(GroupPost, groups.visible_posts, shown)
    await scene.shows(GroupPost, groups.posts_for, meant)
    await scene.gives(groups.post_to_change, rows[::5], change)


async def test_what_was_taken_back_is_for_its_owner_and_who_answered_it(world: World) -> None:
    scene = await Scene.made(world)
    rows = await scene.offers()
    answered = {row.id for row in rows[::2]}
    for row in rows[::2]:
        await OfferResponse.create(offer=row, member=scene.members["ben"], message="Gern.")

    def shown(who: Who, row: Offer) -> bool:
        public = row.published_at is not None and row.status not in UNREADABLE
        back = row.status is OfferStatus.WITHDRAWN and row.id in answered and "ben" in who.own
        own = who.office or scene.name_of(row.owner_id) in who.own
        return own or ((public or back) and row.withheld_at is None)

    def dismiss(who: Who, row: Offer | None) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        if not shown(who, row):
            return "NOT_FOUND"
        return None if scene.name_of(row.owner_id) in who.acting else "FORBIDDEN"

    await scene.shows(Offer, offers.visible_offers, shown)
    await scene.gives(offers.offer_whose_matches, rows[::2], dismiss)
    for scopes, refused in (((), "FORBIDDEN"), ((ApiKeyScope.WRITE_BOARD,), None)):
        key = (await world.context(await world.key(scene.members["club"], *scopes))).viewer
        for row in rows:
            if row.owner_id == key.member_id:
                assert await given(offers.offer_whose_matches(key, row.id)) == (refused or row)
    for name, viewer in scene.viewers.items():
        sent = {row.offer_id for row in await OfferResponse.filter(offers.sent_by_own_side(viewer))}
        assert sent == (answered if "ben" in WHO[name].own else set()), name


async def test_a_map_shows_what_of_a_list_lies_there_and_only_the_office_asks_what_nobody_answered(
    world: World,
) -> None:
    scene = await Scene.made(world)
    for name, north in product(SIDES, (52.4, 53.4)):
        for status in (OfferStatus.PUBLISHED, OfferStatus.DRAFT):
            await world.offer(
                f"{name} {north} {status}", scene.members[name], status,
                venue_name="Hier", venue_latitude=north, venue_longitude=10.7,
            )  # fmt: skip
    bounds, near = Bounds(52.0, 10.0, 53.0, 11.0), Near(52.4, 10.7)
    for name, viewer in scene.viewers.items():
        all_of_them = {row.title for row in await offers.list_offers(OfferFilter(), viewer).rows()}
        for lonely, expected in ((None, all_of_them), (True, all_of_them), (False, set[str]())):
            asked, refused = OfferFilter(without_responses=lonely), office_alone(WHO[name])
            if lonely is not None and refused:
                for ask in (partial(offers.list_offers, asked), partial(offers.offers_on_map, asked, bounds)):
                    with pytest.raises(Refusal) as error:
                        ask(viewer)
                    assert error.value.code == refused, name
                continue
            there = {row.title for row in await offers.offers_on_map(asked, bounds, viewer).rows()}
            assert {row.title for row in await offers.list_offers(asked, viewer).rows()} == expected, name
            assert there == {title for title in expected if " 52.4 " in title}, name
        for filter, somewhere in (
            (OfferFilter(), False), (OfferFilter(near=near), True), (OfferFilter(bounds=bounds), True),
        ):  # fmt: skip
            listing = offers.list_offers(filter, viewer)
            assert listing.keys_first is somewhere
            assert (listing.model, listing.visibility) == (Offer, viewer.visibility)
            on_map = offers.offers_on_map(filter, bounds, viewer)
            assert (on_map.model, on_map.visibility) == (Offer, viewer.visibility)


async def test_what_is_entrusted_to_the_office_it_reads_and_decides_alone(world: World) -> None:
    scene = await Scene.made(world)
    people = scene.members
    people["trust"] = await world.organisation("trust", people["anna"], office_cares=True)
    viewers = scene.viewers | {"anna": (await world.context(people["anna"])).viewer}
    of = {name: await world.offer(name, people[owner]) for name, owner in (("to it", "trust"), ("from it", "ben"))} | {
        "its own": await world.offer("its own", people["trust"])
    }
    rows = {
        name: await OfferResponse.create(offer=of[name], member=people[sender], message="Gern.")
        for name, sender in (("to it", "ben"), ("from it", "trust"), ("its own", "anna"))
    }
    seen = {
        "anna": {"from it", "its own"},
        "ben": {"to it", "from it"},
        "office and ben": set(rows),
        **{name: set(rows) for name in OFFICE},
    }
    decided = {"ben": {"from it"}, "office and ben": set(rows)}
    decided |= {name: {"to it", "its own"} for name in OFFICE}
    withdrawn = {"anna": {"from it", "its own"}, "ben": {"to it"}, "office and ben": {"to it", "from it"}}
    withdrawn |= {name: {"from it"} for name in OFFICE}
    for name, viewer in viewers.items():
        shown = await OfferResponse.filter(offers.visible_responses(viewer))
        assert {row.id for row in shown} == {rows[one].id for one in seen.get(name, ())}, name
        cared = await offers.whose_responses_are_seen(viewer, [*of.values()])
        owners = {people["trust"].id} if WHO[name].office else set[int]()
        assert cared == owners | ({people["ben"].id} if "ben" in WHO[name].own else set())
        for ask, may in ((offers.response_to_decide, decided), (offers.response_to_withdraw, withdrawn)):
            for title, row in rows.items():
                should = row if title in may.get(name, ()) else "FORBIDDEN"
                if title not in seen.get(name, ()):
                    should = "NOT_FOUND"
                assert await given(ask(viewer, row.id)) == (taking_part(WHO[name]) or should), (name, title, ask)


async def test_a_key_is_of_no_audience_but_everyone_and_agrees_as_its_organisation(world: World) -> None:
    scene = await Scene.made(world)
    club = scene.members["club"]
    key = (await world.context(await world.key(club))).viewer
    for audience, agreed in product(Audience, (False, True)):
        member = await world.member(f"{audience}", email="a@example.org", email_audience=audience)
        await world.membership(scene.groups["g2"], member)
        if agreed:
            offer = await world.offer("Eintrag", member)
            await OfferResponse.create(offer=offer, member=club, message="Gern.", status=ResponseStatus.ACCEPTED)
        shown = agreed or audience is Audience.EVERYONE
        assert await members.contact_seen(key, [member], "email") == ({member.id} if shown else set()), audience
    assert await outcome(members.member_to_act_for(key, club.id), lambda row: int(row.id)) == club.id
    assert await Member.filter(members.visible_members(key)).count() > 1
