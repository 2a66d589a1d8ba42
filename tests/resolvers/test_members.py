"""Members are changed by their own side and the office, organisations entered and represented, applications decided."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models import (
    Account,
    District,
    Mail,
    Member,
    MemberStatus,
    MemberTopic,
    Representation,
    Topic,
    now,
)
from resolvers.context import Context
from schema.declare.ids import global_id
from tests.dump import dump
from tests.world import World

pytestmark = pytest.mark.walk

UPDATE = """mutation($i: UpdateMemberInput!) { it: updateMember(input: $i) {
    member { name about version topics { slug } district { slug } website email emailAudience phone phoneAudience }
    userErrors { path code message } } }"""
CREATE = """mutation($i: CreateOrganisationInput!) { it: createOrganisation(input: $i) {
    member { id slug kind status name about topics { slug } joinedAt emailAudience viewerCanUpdate
        representatives { nodes { name } } }
    userErrors { path code } } }"""
By = Member | Account | Context | None
PAYLOAD = "{ member { status statusReason version joinedAt } userErrors { path code message } }"
DECISIONS = {
    "approveMember": f"mutation($id: ID!) {{ it: approveMember(id: $id) {PAYLOAD} }}",
    "declineMember": f'mutation($id: ID!) {{ it: declineMember(id: $id, reason: "Unklar") {PAYLOAD} }}',
    "suspendMember": f'mutation($id: ID!) {{ it: suspendMember(id: $id, reason: "Unklar") {PAYLOAD} }}',
    "reinstateMember": f"mutation($id: ID!) {{ it: reinstateMember(id: $id) {PAYLOAD} }}",
}
REPRESENT = """mutation($o: ID!, $m: ID!) { it: %sRepresentative(organisationId: $o, memberId: $m) {
    member { representatives { nodes { name } } } userErrors { path code } } }"""


def id_of(member: Member) -> str:
    return global_id("Member", member.id)


async def done(world: World, document: str, by: By, **variables: Any) -> Any:
    """The member of a payload without user errors."""
    found = (await world.data(document, by, **variables))["it"]
    assert found["userErrors"] == []
    return found["member"]


async def refused(world: World, document: str, by: By, **variables: Any) -> list[Any]:
    """The codes of a refusal, user errors with their path. Nothing was changed, and nothing told."""
    ctx = by if isinstance(by, Context) else await world.context(by)
    before = await dump()
    answer = await world.ask(document, ctx, **variables)
    assert await dump() == before
    if answer.errors:
        assert answer.data == {"it": None}
        return answer.codes
    assert answer.data
    errors = answer.data["it"]["userErrors"]
    assert all(error.get("message", ".").endswith(".") for error in errors), errors
    return [(*error["path"], error["code"]) for error in errors]


async def told(world: World) -> list[tuple[str, int]]:
    return [(one.kind, one.facts["member_id"]) for one in await world.told()]


@pytest.fixture
async def places(world: World) -> None:
    for slug in ("sport", "jugend", "kultur"):
        await Topic.create(slug=slug, name=slug.title(), name_key=slug)
    await District.create(slug="fallersleben", name="Fallersleben", name_key="fallersleben")


# ---------------------------------------------------------------- changing


@pytest.mark.usefixtures("places")
async def test_a_member_changes_what_it_gives_and_nothing_else(world: World) -> None:
    anna = await world.member("Anna", about="Alt", phone="+495361280", email="alt@example.org")
    given = {
        "name": "  Ännchen\n von  Tharau ",
        "topics": ["jugend", "sport", "jugend"],
        "district": "fallersleben",
        "website": "https://anna.example.org/",
        "email": "Neu@Example.org",
        "emailAudience": "MEMBERS",
        "phone": "05361 99",
    }
    found = await done(world, UPDATE, anna, i={"id": id_of(anna), **given})
    assert found == {
        "name": "Ännchen von Tharau",
        "about": "Alt",
        "version": 2,
        "topics": [{"slug": "jugend"}, {"slug": "sport"}],
        "district": {"slug": "fallersleben"},
        "website": "https://anna.example.org/",
        "email": "neu@example.org",
        "emailAudience": "MEMBERS",
        "phone": "+49536199",
        "phoneAudience": "NOBODY",
    }
    row = await Member.get(id=anna.id)
    assert (row.slug, row.name_key) == ("anna", "annchen von tharau")
    assert row.updated_at > anna.updated_at
    assert await told(world) == [("MemberChanged", anna.id)]


@pytest.mark.usefixtures("places")
async def test_null_and_empty_empty_a_field(world: World) -> None:
    anna = await world.member("Anna", about="Alt", phone="+495361280", website="https://a.example")
    await done(world, UPDATE, anna, i={"id": id_of(anna), "topics": ["sport"], "district": "fallersleben"})
    emptied: dict[str, Any] = {"about": None, "phone": "", "website": None, "topics": [], "district": None}
    found = await done(world, UPDATE, anna, i={"id": id_of(anna), **emptied})
    assert found["topics"] == []
    assert {found[name] for name in ("about", "phone", "website", "district")} == {None}
    assert await MemberTopic.all().count() == 0


@pytest.mark.usefixtures("places")
async def test_what_changes_nothing_raises_no_version_and_tells_nothing(world: World) -> None:
    anna = await world.member("Anna", about="Alt")
    same = {"id": id_of(anna), "topics": ["sport", "jugend"]}
    assert (await done(world, UPDATE, anna, i=same))["version"] == 2
    ctx = await world.context(anna)
    before = await dump()
    assert (await done(world, UPDATE, ctx, i={**same, "name": "Anna ", "about": "Alt"}))["version"] == 2
    assert (await done(world, UPDATE, ctx, i={"id": id_of(anna)}))["version"] == 2
    assert await dump() == before
    turned = {"id": id_of(anna), "topics": ["jugend", "sport"]}
    assert (await done(world, UPDATE, anna, i=turned))["topics"] == [{"slug": "jugend"}, {"slug": "sport"}]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": None}, [("input", "name", "REQUIRED")]),
        ({"name": " \n"}, [("input", "name", "REQUIRED")]),
        ({"name": "x" * 201}, [("input", "name", "TOO_LONG")]),
        ({"name": "a\u0000b"}, [("input", "name", "INVALID")]),
        ({"about": "x" * 5001}, [("input", "about", "TOO_LONG")]),
        ({"topics": ["sport", "nichts"]}, [("input", "topics", "1", "NOT_FOUND")]),
        ({"district": "atlantis"}, [("input", "district", "NOT_FOUND")]),
        ({"website": "javascript:alert(1)"}, [("input", "website", "INVALID")]),
        ({"email": "nobody"}, [("input", "email", "INVALID")]),
        ({"phone": "ruf an"}, [("input", "phone", "INVALID")]),
        ({"emailAudience": None}, [("input", "emailAudience", "REQUIRED")]),
        (
            {"phoneAudience": None, "phone": "1"},
            [("input", "phone", "INVALID"), ("input", "phoneAudience", "REQUIRED")],
        ),
    ],
)
async def test_what_is_wrong_is_told_all_at_once(world: World, fields: dict[str, Any], expected: list[Any]) -> None:
    anna = await world.member("Anna")
    assert await refused(world, UPDATE, anna, i={"id": id_of(anna), "about": "Neu", **fields}) == expected


async def test_an_old_version_is_a_conflict_that_shows_the_member_as_it_is(world: World) -> None:
    anna = await world.member("Anna")
    await done(world, UPDATE, anna, i={"id": id_of(anna), "about": "Eins", "ifVersion": 1})
    found = await world.ask(UPDATE, anna, "de", i={"id": id_of(anna), "about": "Zwei", "ifVersion": 1})
    assert found.data
    assert found.data["it"]["userErrors"] == [
        {
            "path": [],
            "code": "CONFLICT",
            "message": "Das hat in der Zwischenzeit jemand anderes geändert.",
        }
    ]
    assert (found.data["it"]["member"]["about"], found.data["it"]["member"]["version"]) == ("Eins", 2)
    assert len(await told(world)) == 1


async def test_of_two_who_change_the_same_version_at_once_one_wins(world: World) -> None:
    anna = await world.member("Anna")
    ctxs = [await world.context(anna) for _ in range(4)]
    answers = await asyncio.gather(
        *(
            world.data(UPDATE, ctx, i={"id": id_of(anna), "about": f"Nr. {number}", "ifVersion": 1})
            for number, ctx in enumerate(ctxs)
        )
    )
    assert sorted(len(answer["it"]["userErrors"]) for answer in answers) == [0, 1, 1, 1]
    assert (await Member.get(id=anna.id)).version == 2


async def test_who_may_change_whom(world: World) -> None:
    anna, stranger = await world.member("Anna"), await world.member("Fremd")
    club, waiting = (
        await world.organisation("Verein", by=anna),
        await world.organisation("Wartet", by=anna, status=MemberStatus.APPLIED),
    )
    closed = await world.organisation("Gesperrt", by=anna, status=MemberStatus.SUSPENDED)
    applicant = await world.member("Neu", MemberStatus.APPLIED)
    suspended = await world.member("Aus", MemberStatus.SUSPENDED)
    gone = await world.member("Weg", MemberStatus.LEFT)
    office = await world.office()
    allowed: list[tuple[Member | Account, Member]] = [
        (anna, anna),
        (anna, club),
        (anna, waiting),
        (applicant, applicant),
        (office, club),
        (office, suspended),
    ]
    for by, member in allowed:
        ctx = await world.context(by)
        await done(world, UPDATE, ctx, i={"id": id_of(member), "about": f"von {ctx.viewer.member_id}"})
    for asker, member, expected in (
        (None, anna, "UNAUTHENTICATED"),
        (None, applicant, "UNAUTHENTICATED"),
        (stranger, anna, "FORBIDDEN"),
        (stranger, club, "FORBIDDEN"),
        (stranger, waiting, "NOT_FOUND"),
        (stranger, applicant, "NOT_FOUND"),
        (anna, closed, "FORBIDDEN"),
        (applicant, anna, "FORBIDDEN"),
        (suspended, suspended, "FORBIDDEN"),
        (suspended, applicant, "FORBIDDEN"),
        (office, gone, "FORBIDDEN"),
    ):
        assert await refused(world, UPDATE, asker, i={"id": id_of(member), "about": "Neu"}) == [expected]
    for nothing in (global_id("Group", anna.id), "nonsense", global_id("Member", 999)):
        assert await refused(world, UPDATE, anna, i={"id": nothing, "about": "Neu"}) == ["NOT_FOUND"]


# ---------------------------------------------------------------- organisations


@pytest.mark.usefixtures("places")
async def test_an_organisation_applies_and_its_creator_acts_for_it(world: World) -> None:
    anna = await world.member("Anna")
    given = {"name": "Sportfreunde Öst", "about": "Wir", "topics": ["sport"], "email": "info@example.org"}
    found = await done(world, CREATE, anna, i=given)
    key = found.pop("id")
    assert found == {
        "slug": "sportfreunde-oest",
        "kind": "ORGANISATION",
        "status": "APPLIED",
        "name": "Sportfreunde Öst",
        "about": "Wir",
        "topics": [{"slug": "sport"}],
        "joinedAt": None,
        "emailAudience": "NOBODY",
        "viewerCanUpdate": True,
        "representatives": {"nodes": [{"name": "Anna"}]},
    }
    row = await Member.get(slug="sportfreunde-oest")
    assert row.name_key == "sportfreunde ost"
    assert await told(world) == [("MemberChanged", row.id)]
    assert (await done(world, UPDATE, anna, i={"id": key, "about": "Wir alle"}))["about"] == "Wir alle"


async def test_the_office_s_organisation_is_active_at_once(world: World) -> None:
    found = await done(world, CREATE, await world.office(), i={"name": "Schule"})
    assert (found["status"], found["representatives"]) == ("ACTIVE", {"nodes": []})
    assert found["joinedAt"]


async def test_organisations_of_the_same_name_at_once_get_slugs_of_their_own(world: World) -> None:
    ctxs = [await world.context(await world.member(f"P{number}")) for number in range(5)]
    found = await asyncio.gather(*(done(world, CREATE, ctx, i={"name": "Verein"}) for ctx in ctxs))
    assert sorted(one["slug"] for one in found) == ["verein", "verein-2", "verein-3", "verein-4", "verein-5"]


async def test_only_active_people_enter_organisations(world: World) -> None:
    assert await refused(world, CREATE, None, i={"name": "Verein"}) == ["UNAUTHENTICATED"]
    for status in (MemberStatus.APPLIED, MemberStatus.DECLINED, MemberStatus.SUSPENDED):
        assert await refused(world, CREATE, await world.member("P", status), i={"name": "Verein"}) == ["FORBIDDEN"]
    assert await refused(world, CREATE, await world.member("P"), i={"name": " "}) == [("input", "name", "REQUIRED")]


async def test_representatives_come_and_go(world: World) -> None:
    anna, ben = await world.member("Anna"), await world.member("Ben")
    club = await world.organisation("Verein", by=anna)
    keys = {"o": id_of(club), "m": id_of(ben)}
    found = await done(world, REPRESENT % "add", await world.office(), **keys)
    assert [one["name"] for one in found["representatives"]["nodes"]] == ["Anna", "Ben"]
    assert await told(world) == [("MemberChanged", club.id), ("MemberChanged", ben.id)]
    assert (await done(world, UPDATE, ben, i={"id": id_of(club), "about": "Neu"}))["version"] == 2
    assert await refused(world, REPRESENT % "add", ben, **keys) == [("memberId", "WRONG_STATE")]
    found = await done(world, REPRESENT % "remove", ben, **keys)
    assert found["representatives"] is None, "they no longer see who acts for it"
    assert await refused(world, UPDATE, ben, i={"id": id_of(club), "about": "Neu"}) == ["FORBIDDEN"]
    assert await refused(world, REPRESENT % "remove", anna, **keys) == [("NOT_FOUND",)]


async def test_the_last_active_representative_goes_by_the_office_only(world: World) -> None:
    anna, ben = await world.member("Anna"), await world.member("Ben", MemberStatus.SUSPENDED)
    club = await world.organisation("Verein", by=anna)
    await Representation.create(organisation=club, person=ben)
    keys = {"o": id_of(club), "m": id_of(anna)}
    assert await refused(world, REPRESENT % "remove", anna, **keys) == [("WRONG_STATE",)]
    found = await done(world, REPRESENT % "remove", await world.office(), **keys)
    assert [one["name"] for one in found["representatives"]["nodes"]] == ["Ben"]


async def test_two_last_representatives_who_go_at_once_do_not_both_go(world: World) -> None:
    anna, ben = await world.member("Anna"), await world.member("Ben")
    club = await world.organisation("Verein", by=anna)
    await Representation.create(organisation=club, person=ben)
    ctxs = [await world.context(one) for one in (anna, ben)]
    answers = await asyncio.gather(
        *(
            world.data(REPRESENT % "remove", ctx, o=id_of(club), m=id_of(one))
            for ctx, one in zip(ctxs, (anna, ben), strict=True)
        )
    )
    assert sorted(len(answer["it"]["userErrors"]) for answer in answers) == [0, 1]
    assert await Representation.all().count() == 1


@pytest.mark.parametrize("verb", ["add", "remove"])
async def test_who_may_say_who_acts_for_an_organisation(world: World, verb: str) -> None:
    anna, ben, stranger = await world.member("Anna"), await world.member("Ben"), await world.member("Fremd")
    applicant = await world.member("Neu", MemberStatus.APPLIED)
    club = await world.organisation("Verein", by=anna)
    waiting = await world.organisation("Wartet", by=anna, status=MemberStatus.APPLIED)
    gone = await world.organisation("Weg", status=MemberStatus.LEFT)
    if verb == "remove":
        await Representation.create(organisation=club, person=ben)
    document = REPRESENT % verb
    office = await world.office()
    unknown = ("memberId", "NOT_FOUND") if verb == "add" else ("NOT_FOUND",)
    for by, organisation, person, expected in (
        (None, club, ben, "UNAUTHENTICATED"),
        (stranger, club, ben, "FORBIDDEN"),
        (applicant, club, ben, "FORBIDDEN"),
        (stranger, waiting, ben, "NOT_FOUND"),
        (anna, waiting, ben, "FORBIDDEN"),
        (anna, anna, ben, ("INVALID",)),
        (stranger, anna, ben, "FORBIDDEN"),
        (office, gone, ben, ("WRONG_STATE",)),
        (anna, club, applicant, unknown),
    ):
        assert await refused(world, document, by, o=id_of(organisation), m=id_of(person)) == [expected]
    assert await refused(world, document, anna, o="x", m=id_of(ben)) == ["NOT_FOUND"]
    assert await refused(world, document, anna, o=id_of(club), m="x") == [unknown]


async def test_only_active_persons_act_for_an_organisation(world: World) -> None:
    club = await world.organisation("Verein", by=await world.member("Anna"))
    other, applicant = await world.organisation("Anderer"), await world.member("Neu", MemberStatus.APPLIED)
    office = await world.office()
    for member, code in ((other, "INVALID"), (club, "INVALID"), (applicant, "WRONG_STATE")):
        found = await refused(world, REPRESENT % "add", office, o=id_of(club), m=id_of(member))
        assert found == [("memberId", code)]


# ---------------------------------------------------------------- the office decides

STATUSES = list(MemberStatus)
LEADS_TO = {
    ("approveMember", MemberStatus.APPLIED): MemberStatus.ACTIVE,
    ("approveMember", MemberStatus.DECLINED): MemberStatus.ACTIVE,
    ("declineMember", MemberStatus.APPLIED): MemberStatus.DECLINED,
    ("suspendMember", MemberStatus.ACTIVE): MemberStatus.SUSPENDED,
    ("reinstateMember", MemberStatus.SUSPENDED): MemberStatus.ACTIVE,
}


@pytest.mark.parametrize("name", list(DECISIONS))
async def test_what_leads_where(world: World, name: str) -> None:
    office = await world.context(await world.office())
    for status in MemberStatus:
        member = await world.member(f"War {status}", status, status_reason="Früher")
        after = LEADS_TO.get((name, status))
        if after is None:
            assert await refused(world, DECISIONS[name], office, id=id_of(member)) == [("WRONG_STATE",)]
            continue
        before = len(await told(world))
        found = await done(world, DECISIONS[name], office, id=id_of(member))
        reason = None if after is MemberStatus.ACTIVE else "Unklar"
        assert (found["status"], found["statusReason"], found["version"]) == (after, reason, 2)
        assert (await told(world))[before:] == [("MemberChanged", member.id)]


async def test_approving_says_since_when_and_reinstating_keeps_it(world: World) -> None:
    office = await world.office()
    long_ago = now() - timedelta(days=400)
    back = await world.member("Zurück", MemberStatus.SUSPENDED, joined_at=long_ago)
    late = await world.member("Spät", MemberStatus.DECLINED, joined_at=None)
    await done(world, DECISIONS["reinstateMember"], office, id=id_of(back))
    await done(world, DECISIONS["approveMember"], office, id=id_of(late))
    assert (await Member.get(id=back.id)).joined_at == long_ago
    joined = (await Member.get(id=late.id)).joined_at
    assert joined
    assert now() - joined < timedelta(minutes=1)


async def test_the_member_s_side_gets_a_mail_with_the_reason(world: World) -> None:
    anna, ben = await world.member("Anna"), await world.member("Ben")
    addresses = {(await world.account(one)).email for one in (anna, ben)}
    club = await world.organisation("Verein", by=anna, status=MemberStatus.APPLIED)
    await Representation.create(organisation=club, person=ben)
    await done(world, DECISIONS["declineMember"], await world.office(), id=id_of(club))
    mails = await Mail.all()
    assert {mail.recipient for mail in mails} == addresses
    for mail in mails:
        assert "Verein" in mail.subject
        assert "Unklar" in mail.body
        assert "Engagement-Netzwerk Wolfsburg" in mail.body
    await Mail.all().delete()
    await done(world, DECISIONS["suspendMember"], await world.office(), id=id_of(ben))
    assert [mail.recipient for mail in await Mail.all()] == [(await world.account(ben)).email]


@pytest.mark.parametrize("name", list(DECISIONS))
async def test_only_the_office_decides(world: World, name: str) -> None:
    status = next(before for decision, before in LEADS_TO if decision == name)
    member = await world.member("Wer", status)
    club = await world.organisation("Verein", by=member, status=status)
    assert await refused(world, DECISIONS[name], None, id=id_of(member)) == ["UNAUTHENTICATED"]
    for by in (await world.member("Fremd"), member, await world.member("Neu", MemberStatus.APPLIED)):
        for one in (member, club):
            assert await refused(world, DECISIONS[name], by, id=id_of(one)) == ["FORBIDDEN"]
    for nothing in ("x", global_id("Member", 999), global_id("Topic", member.id)):
        assert await refused(world, DECISIONS[name], await world.office(), id=nothing) == ["NOT_FOUND"]


@pytest.mark.parametrize("verb", ["decline", "suspend"])
@pytest.mark.parametrize(("reason", "code"), [(" ", "REQUIRED"), ("x" * 1001, "TOO_LONG"), ("\x00", "INVALID")])
async def test_a_reason_is_judged(world: World, verb: str, reason: str, code: str) -> None:
    member = await world.member("Wer", MemberStatus.APPLIED if verb == "decline" else MemberStatus.ACTIVE)
    document = f"mutation($id: ID!, $r: String!) {{ it: {verb}Member(id: $id, reason: $r) {PAYLOAD} }}"
    assert await refused(world, document, await world.office(), id=id_of(member), r=reason) == [("reason", code)]


async def test_the_viewer_is_read_afresh_after_a_mutation(world: World) -> None:
    anna = await world.member("Anna")
    office_and_anna = await Account.create(email="o@example.org", password_hash="!", role="OFFICE", member=anna)
    ctx = await world.context(office_and_anna)
    await done(world, DECISIONS["suspendMember"], ctx, id=id_of(anna))
    assert ctx.viewer.member
    assert ctx.viewer.member.status is MemberStatus.SUSPENDED
