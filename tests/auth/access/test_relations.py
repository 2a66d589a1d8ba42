"""What leads from one row to another: who sees what a foreign key names, contact data, and rows by key and slug."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from tortoise.transactions import in_transaction  # noqa: TID251

from auth.access import api_keys, events, groups, members, offers
from auth.access.rows import ForeignKeyRelation, by_slug, seen, seen_by_keys, seen_by_slug
from auth.refusals import NotFound
from auth.viewer import GUEST, Viewer
from models import (
    ApiKey,
    Audience,
    Event,
    Group,
    GroupStatus,
    Member,
    MembershipStatus,
    MemberStatus,
    Offer,
    ResponseStatus,
)
from models.filters.groups import GroupFilter
from models.offers import OfferResponse
from models.sql.projection import Projection, Selection
from tests.auth.access.scene import WHO, Scene, Who
from tests.auth.access.test_given import office_alone, taking_part
from tests.statements import statements
from tests.world import World

pytestmark = pytest.mark.walk

A, S = MemberStatus.ACTIVE, MemberStatus.SUSPENDED


@dataclass(frozen=True)
class Asking:
    """A context, as far as relations know it."""

    viewer: Viewer


def names(*columns: str) -> Selection:
    """Some columns of members."""
    selection = Selection(columns)
    selection.rows = Projection(Member, frozenset(columns))
    return selection


# ---------------------------------------------------------------- rows


async def test_rows_by_key_and_by_slug_are_those_that_the_viewer_may_see(world: World) -> None:
    anna, susi = await world.member("anna"), await world.member("susi", S)
    office = (await world.context(await world.office())).viewer
    for viewer, shown in ((GUEST, {anna.id}), (office, {anna.id, susi.id})):
        listed = seen(Member, members.visible_members, viewer)
        assert {row.id for row in await listed.rows()} == shown
        found = await seen_by_keys(Member, members.visible_members, viewer, [anna.id, susi.id, None, 10**6])
        assert {key: row.name for key, row in found.items()} == {
            row.id: row.name for row in (anna, susi) if row.id in shown
        }
        for row in (anna, susi):
            by = await seen_by_slug(Member, members.visible_members, viewer, row.slug)
            assert (by.id if by else None) == (row.id if row.id in shown else None)
            same = await by_slug(Member, members.visible_members(viewer), row.slug)
            assert (same.id if same else None) == (row.id if row.id in shown else None)
    for slug in ("nobody", "No Slug", "x" * 1000, "\0"):
        with statements() as sent:
            assert await seen_by_slug(Member, members.visible_members, office, slug) is None
            assert await by_slug(Member, members.visible_members(office), slug) is None
        assert len(sent) == (2 if slug == "nobody" else 0)


async def test_only_the_columns_that_were_selected_are_read(world: World) -> None:
    anna = await world.member("anna", about="Gärtnerin")
    (row,) = (await seen_by_keys(Member, members.visible_members, GUEST, [anna.id], names("name"))).values()
    assert (row.name, row.id) == ("anna", anna.id)
    with pytest.raises(AttributeError):
        _about = row.about
    by = await seen_by_slug(Member, members.visible_members, GUEST, anna.slug, names("name"))
    assert by is not None
    with pytest.raises(AttributeError):
        _about = by.about


@pytest.mark.parametrize("required", [False, True])
async def test_a_relation_leads_to_what_the_viewer_may_see(world: World, required: bool) -> None:
    anna, susi = await world.member("anna"), await world.member("susi", S)
    parents = [await world.event(str(host), host) for host in (susi, anna, None, anna)]
    more: dict[str, Any] = {"required": True} if required else {}
    relation = ForeignKeyRelation(Member, members.visible_members, "host_id", **more)
    office = (await world.context(await world.office())).viewer
    for viewer, expected in ((GUEST, [None, anna, None, anna]), (office, [susi, anna, None, anna])):
        with statements() as sent:
            found = await relation(Asking(viewer), parents, names("name"))
        assert len(sent) == 1
        for row, one in zip(found, expected, strict=True):
            if one is None:
                assert isinstance(row, NotFound) if required else row is None
            else:
                assert (row.id, row.name) == (one.id, one.name)
                assert not hasattr(row, "about")
    join = relation.join
    assert (join.model, join.by, join.must_be) == (Member, "host_id", False)
    assert [row.name for row in await Member.filter(join.visible(GUEST.visibility))] == ["anna"]


# ---------------------------------------------------------------- contact data

# How somebody is tied to Anna.
TIES = (
    *("none", "group", "asked in group", "left group"),
    *("hers accepted", "hers declined", "she accepted", "club accepted"),
)


async def tied(world: World, scene: Scene, audience: Audience | None, tie: str) -> Member:
    """A person whose contact data are for this audience, tied to Anna; None: who has none."""
    columns: dict[str, Any] = {"email": "a@example.org", "phone": "+49536112345"} if audience else {}
    shown = audience or Audience.EVERYONE
    member = await world.member(f"{audience} {tie}", **columns, email_audience=shown, phone_audience=shown)
    if tie.endswith("group"):
        status = {"asked in group": MembershipStatus.REQUESTED, "left group": MembershipStatus.LEFT}.get(tie)
        await world.membership(scene.groups["g1"], member, status or MembershipStatus.ACTIVE)
        await world.membership(scene.groups["g2"], member)  # Anna doesn't take part in it herself, her club does
    elif tie != "none":
        side = scene.members["club" if tie.startswith("club") else "anna"]
        owner, sender = (side, member) if tie.startswith("hers") else (member, side)
        status_of = ResponseStatus.DECLINED if tie.endswith("declined") else ResponseStatus.ACCEPTED
        offer = await world.offer(tie, owner)
        await OfferResponse.create(offer=offer, member=sender, message="Gern.", status=status_of)
    return member


@pytest.mark.parametrize("contact", ["email", "phone"])
async def test_contact_data_are_seen_by_whom_they_are_meant_for(world: World, contact: members.Contact) -> None:
    scene = await Scene.made(world)
    cases = list(product((*Audience, None), TIES))
    rows = [await tied(world, scene, audience, tie) for audience, tie in cases]
    keys = {row.id: case for row, case in zip(rows, cases, strict=True)}
    for name, viewer in scene.viewers.items():
        for (audience, tie), row in zip(cases, rows, strict=True):
            agreed = name == "anna" and tie.endswith("accepted")
            together = name == "anna" and audience is Audience.GROUPS and tie == "group"
            everybody = audience is Audience.EVERYONE or (audience is Audience.MEMBERS and WHO[name].active)
            should = audience is not None and (WHO[name].office or everybody or agreed or together)
            assert (await members.contact_seen(viewer, [row], contact) == {row.id}) is should, (name, keys[row.id])
        with statements() as sent:
            await members.contact_seen(viewer, rows, contact)
        assert len(sent) == (1 if WHO[name].acting and not WHO[name].office else 0), name
    for name in ("anna", "club", "shut"):  # one's own side sees one's own
        await Member.filter(id=scene.members[name].id).update(
            **{contact: "+495361" if contact == "phone" else "x@y.de", f"{contact}_audience": Audience.NOBODY}
        )
        own = await Member.get(id=scene.members[name].id)
        assert await members.contact_seen(scene.viewers["anna"], [own], contact) == {own.id}
        assert await members.contact_seen(scene.viewers["ben"], [own], contact) == set()


# ---------------------------------------------------------------- rows to act on


async def test_in_whose_name_one_acts(world: World) -> None:
    scene = await Scene.made(world)

    def act(who: Who, row: Member | None) -> str | None:
        own = row is not None and scene.name_of(row.id) in who.own
        if row is None or not (who.office or row.status is A or own):
            return "NOT_FOUND"
        return None if who.office or scene.name_of(row.id) in who.acting else "FORBIDDEN"

    await scene.gives(members.member_to_act_for, await Member.all(), act)
    for name in ("anna", "ben", "office and ben"):
        with statements() as sent:  # the own one is at hand
            viewer = scene.viewers[name]
            assert await members.member_to_act_for(viewer, viewer.member_id or 0) is viewer.member
        assert sent == []


async def test_who_is_counted_is_locked_and_nobody_else(world: World, database_url: str) -> None:
    """On SQLite nobody: who writes is alone there."""
    scene = await Scene.made(world)
    for name, viewer in scene.viewers.items():
        own = scene.name_of(viewer.member_id)
        for key, member in ((None, own), *((row.id, name) for name, row in scene.members.items())):
            async with in_transaction():
                with statements() as sent:
                    await members.hold_for_quota(viewer, key)
            held = "sqlite" not in database_url and not WHO[name].office and member in WHO[name].acting
            assert [one.values for one in sent] == ([[scene.members[member or ""].id]] if held else []), (name, member)


async def test_an_entry_at_hand_is_in_lists_for_whom_the_statement_says(world: World) -> None:
    scene = await Scene.made(world)
    rows = await scene.offers()
    for name, viewer in scene.viewers.items():
        listed = {row.id for row in await Offer.filter(offers.offers_in_lists(viewer))}
        assert {row.id for row in rows if offers.is_in_lists(viewer, row)} == listed, name


async def test_groups_are_listed_for_everybody_by_the_filter(world: World) -> None:
    scene = await Scene.made(world)
    for viewer in scene.viewers.values():
        listed = await groups.list_groups(GroupFilter(), viewer).rows()
        assert {row.name for row in listed} == {"g1", "g2", "g3", "g4"}
        assert await groups.list_groups(GroupFilter(statuses=(GroupStatus.CLOSED,)), viewer).rows() == []


async def test_groups_and_events_to_add_an_event_to(world: World) -> None:
    scene = await Scene.made(world)
    rows = await scene.events()

    def acts(who: Who, row: Event) -> bool:
        led = row.group_id is not None and scene.group_of(row.group_id) in who.leads
        return who.office or led or (row.host_id is not None and scene.name_of(row.host_id) in who.acting)

    def add(who: Who, row: Event | None) -> str | None:
        if row is None or acts(who, row):
            return None
        seen = row.withheld_at is None or scene.name_of(row.host_id) in who.own
        return "FORBIDDEN" if row.status != "DRAFT" and seen else "NOT_FOUND"

    def hold(who: Who, row: Group | None) -> str | None:
        return None if row is None or who.office or scene.group_of(row.id) in who.leads else "FORBIDDEN"

    await scene.gives(events.event_to_add_to, rows, add)
    await scene.gives(events.group_to_hold_event, await Group.all(), hold)
    await scene.gives(groups.group_to_enter, await Group.all(), lambda who, _row: taking_part(who))


async def test_keys_are_the_office_s(world: World) -> None:
    scene = await Scene.made(world)
    await world.key(scene.members["club"])
    await scene.shows(ApiKey, api_keys.visible_keys, lambda who, _row: who.office)
    await scene.gives(api_keys.key_to_revoke, await ApiKey.all(), lambda who, _row: office_alone(who))
    await scene.gives(api_keys.organisation_for_key, await Member.all(), lambda who, _row: office_alone(who))
    for name, viewer in scene.viewers.items():
        assert api_keys.sees_keys(viewer) is WHO[name].office
