"""What the office decides about, and what others see of it: reports, the audit, the town's words, applications."""

from typing import Any

import pytest

from auth.access import audit, members, moderation, reports, synonyms, town
from auth.access.rows import by_keys, everything
from auth.refusals import Obstacle
from models import (
    Application,
    AuditAction,
    AuditEntry,
    District,
    Group,
    GroupPost,
    Member,
    MemberStatus,
    Offer,
    Report,
    ReportReason,
    SynonymGroup,
    Topic,
    now,
)
from tests.auth.access.scene import WHO, Scene, Who
from tests.auth.access.test_given import office_alone, taking_part
from tests.auth.access.test_own import given
from tests.statements import statements
from tests.world import World

pytestmark = pytest.mark.walk


async def test_reports_and_the_audit(world: World) -> None:
    scene = await Scene.made(world)
    for name in ("anna", "club", "shut", "ben", "susi", None):
        reporter = scene.members[name] if name else None
        await Report.create(reason=ReportReason.SPAM, target_type="Offer", target_key=1, reporter=reporter)
    await AuditEntry.create(action=AuditAction.CREATED, operation="createOffer", changed=[])
    await scene.shows(
        Report, reports.visible_reports, lambda who, row: who.office or scene.name_of(row.reporter_id) in who.own
    )
    await scene.shows(AuditEntry, audit.visible_entries, lambda who, _row: who.office)
    await scene.gives(reports.report_to_decide, await Report.all(), lambda who, _row: office_alone(who))


async def test_what_is_reported_is_what_who_reports_it_sees(world: World) -> None:
    scene = await Scene.made(world)
    await world.offer("Eintrag", scene.members["club"])
    await world.event("Fest", scene.members["club"])
    group = await world.group("Verborgen")
    await Group.filter(id=group.id).update(hidden_at=now())
    await GroupPost.create(group=scene.groups["g1"], title="Neues", body="Text", author=scene.members["club"])
    assert set(reports.REPORTABLE) == {"Member", "Group", "GroupPost", "Event", "Offer"}
    rows: list[tuple[str, Any]] = [
        (name, row) for name, (model, _visible) in reports.REPORTABLE.items() for row in await model.all()
    ]
    key = (await world.context(await world.key(scene.members["club"]))).viewer
    for name, viewer in scene.viewers.items():
        for type_name, row in rows:
            is_seen = row != group
            if isinstance(row, Member):
                is_seen = row.status is MemberStatus.ACTIVE or scene.name_of(row.id) in WHO[name].own
            should = row if WHO[name].office or is_seen else "NOT_FOUND"
            assert await given(reports.row_to_report(viewer, type_name, row.id)) == should, (name, row)
        assert await given(reports.row_to_report(key, "Offer", 1)) == "FORBIDDEN"
        for type_name, number in (("Offer", None), ("Offer", 10**9), ("Account", 1), ("", 1)):
            assert await given(reports.row_to_report(viewer, type_name, number)) == "NOT_FOUND"


async def test_what_the_office_hides_and_the_words_that_it_keeps(world: World) -> None:
    scene = await Scene.made(world)
    await scene.offers()
    topics = [await Topic.create(slug=slug, name=slug, name_key=slug) for slug in ("b", "a")]
    district = await District.create(slug="a", name="a", name_key="a")
    words = await SynonymGroup.create(words=["a", "b"])
    await scene.gives(
        lambda viewer, key: moderation.row_to_hide(viewer, Offer, key),
        (await Offer.all())[::9],
        lambda who, _row: office_alone(who),
    )
    await scene.gives(synonyms.synonyms_to_save, [words], lambda who, _row: office_alone(who))
    for name, viewer in scene.viewers.items():
        refused = office_alone(WHO[name])
        assert await given(synonyms.synonyms_to_save(viewer, None)) == refused
        for model, row, rows in ((Topic, topics[1], topics), (District, district, [district])):
            for key, expected in ((row.id, row), (None, None), (10**9, "NOT_FOUND"), (0, "NOT_FOUND")):
                found: Any = await given(town.to_save(viewer, model, key))
                if refused or expected == "NOT_FOUND":
                    assert found == (refused or expected), (name, key)
                else:
                    assert (found.row, found.all) == (expected, rows)


async def test_who_has_applied_together_is_decided_about_together(world: World) -> None:
    scene = await Scene.made(world)
    apply, ben = scene.members["apply"], scene.members["ben"]
    club = await world.organisation("Neu", apply, MemberStatus.APPLIED)
    other = await world.member("Andere", MemberStatus.APPLIED)
    await Application.create(person=apply, organisation=club)
    await Application.create(person=other, organisation=await world.organisation("Fern", other))
    for name, viewer in scene.viewers.items():
        refused = office_alone(WHO[name])
        for key, both in (
            (apply, [apply, club]),
            (club, [club, apply]),
            (ben, [ben]),
        ):
            with statements() as sent:
                assert await given(members.members_to_decide(viewer, key.id)) == (refused or both), name
            if not refused:  # locked in one order, whichever is named
                assert [one.values[0] for one in sent[1:]] == sorted(one.id for one in both)
        for wrong in (None, 10**9):
            assert await given(members.members_to_decide(viewer, wrong)) == (refused or "NOT_FOUND")
    for keys, expected in (([apply.id], 1), ([club.id], 1), ([apply.id, other.id], 2), ([], 0)):
        assert await Application.filter(members.applications_of(keys)).count() == expected


async def test_whom_one_may_represent_and_take_part_for(world: World) -> None:
    scene = await Scene.made(world)
    rows = await Member.all()

    def seen(who: Who, row: Member) -> bool:
        return who.office or row.status is MemberStatus.ACTIVE or scene.name_of(row.id) in who.own

    def represent(who: Who, row: Member | None) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        if not seen(who, row):
            return "NOT_FOUND"
        return None if who.office or scene.name_of(row.id) in who.acting else "FORBIDDEN"

    await scene.gives(members.member_that_is_represented, rows, represent)
    status = {row.id: row.status for row in rows}
    for name, viewer in scene.viewers.items():
        for key in (None, *status, 10**9):
            one = viewer.member_id if key is None else key
            expected: Obstacle | None
            if not WHO[name].active:
                expected = members.obstacle_by_right(viewer)
            elif one is None:
                expected = Obstacle.NO_MEMBER
            elif scene.name_of(one) in WHO[name].acting:
                expected = None
            elif not (WHO[name].office or scene.name_of(one) in WHO[name].own) or one not in status:
                expected = Obstacle.FORBIDDEN
            else:
                expected = None if status[one] is MemberStatus.ACTIVE else Obstacle.NOT_ACTIVE
            assert await members.obstacle_to_take_part(viewer, key) is expected, (name, scene.name_of(key))


async def test_of_which_members_one_knows_that_the_office_takes_care(world: World) -> None:
    scene = await Scene.made(world)
    entrusted = await world.organisation("Anvertraut", scene.members["anna"], office_cares=True)
    viewers = scene.viewers | {"anna": (await world.context(scene.members["anna"])).viewer}
    everybody = [*(row.id for row in await Member.all()), None]
    in_care = {row.id for row in await members.in_the_office_s_care()}
    assert in_care == {entrusted.id, scene.members["orphan"].id, scene.members["alone"].id}
    for name, viewer in viewers.items():
        known = in_care if WHO[name].office else {entrusted.id} if name == "anna" else set[int]()
        with statements() as sent:
            assert await members.known_in_care(viewer, everybody) == known, name
        assert len(sent) == (1 if WHO[name].office else 0)
        assert await members.known_in_care(viewer, [None, scene.members["ben"].id]) == set()


async def test_rows_by_key_are_one_statement_or_none(world: World) -> None:
    rows = [await world.member() for _number in range(3)]
    visible = everything((await world.context()).viewer.visibility)
    table: tuple[tuple[list[int | None], int], ...] = (
        ([rows[0].id, rows[2].id, None, 10**9], 1), ([None], 0), ([], 0),
    )  # fmt: skip
    for keys, count in table:
        with statements() as sent:
            found = await by_keys(Member, visible, keys)
        assert (found, len(sent)) == ({row.id: row for row in rows if row.id in keys}, count)
