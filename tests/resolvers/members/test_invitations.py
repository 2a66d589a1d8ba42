"""Nobody acts for an organisation who didn't agree to: they are asked by mail, and accept by its code, one time."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from models import (
    Account,
    Change,
    Mail,
    Member,
    MemberKind,
    MemberStatus,
    Representation,
    RepresentativeInvitation,
    SignUp,
    now,
)
from resolvers.accounts import forget_links
from resolvers.context import Rules, system_context
from resolvers.limits.quotas import Quota, Quotas
from resolvers.limits.rates import Rate
from resolvers.members import mails
from resolvers.site import Site
from schema.declare.ids import global_id
from tests.dump import dump
from tests.resolvers.test_accounts import CONFIRM, PASSWORD, SIGN_UP, token_of_last_mail
from tests.world import World
from web.process.mail_delivery import written

pytestmark = pytest.mark.walk

SHOWN = "invitation { id email name organisation { name } group { name } } userErrors { path code }"
INVITE = f"mutation($i: InviteRepresentativeInput!) {{ it: inviteRepresentative(input: $i) {{ {SHOWN} }} }}"
WITHDRAW = f"mutation($id: ID!) {{ it: withdrawInvitation(id: $id) {{ {SHOWN} }} }}"
ACCEPT = f"mutation($t: String!) {{ it: acceptInvitation(token: $t) {{ {SHOWN} }} }}"
ADD = """mutation($o: ID!, $m: ID!) { it: addRepresentative(organisationId: $o, memberId: $m) {
  member { askedRepresentatives { name } representatives { nodes { name } } } userErrors { path code } } }"""
REMOVE = ADD.replace("addRepresentative", "removeRepresentative")
LISTED = "query($id: ID!) { it: node(id: $id) { ... on Member { invitations { email name } } } }"
ADDRESS = "erika@example.org"


def gid(member: Member) -> str:
    return global_id("Member", member.id)


async def invite(world: World, by: Any, club: Member, email: str = ADDRESS, **fields: Any) -> Any:
    return (await world.data(INVITE, by, i={"organisationId": gid(club), "email": email, **fields}))["it"]


async def code_to(recipient: str) -> str:
    """The code in the last mail to somebody, which is in its link, and by itself, in both languages."""
    mail = await Mail.filter(recipient=recipient).order_by("-id").first()
    assert mail
    links = set(re.findall(r"http://127\.0\.0\.1:8000/invitation\?token=(\S+)", mail.body))
    assert len(links) == 1
    (code,) = links
    assert mail.body.count(code) == 4
    return str(code)


async def acting_for(club: Member) -> list[int]:
    found: Any = await Representation.filter(organisation_id=club.id).order_by("id").values_list("person_id", flat=True)
    return list(found)


async def club_of(world: World, name: str = "Verein") -> tuple[Member, Member]:
    person = await world.member("Anna")
    return person, await world.organisation(name, by=person)


async def told_of() -> list[int]:
    """Members of whom was told that they changed."""
    return sorted([one.facts["member_id"] for one in await Change.filter(kind="MemberChanged")])


async def test_whoever_has_the_code_agrees_by_it_one_time(world: World) -> None:
    anna, club = await club_of(world)
    erika = await world.member("Erika")
    await Account.filter(id=(await world.account(erika)).id).update(email=ADDRESS)
    asked = await invite(world, anna, club, "Erika@Example.org", name="Erika vom Vorstand")
    assert asked["userErrors"] == []
    assert asked["invitation"]["email"] == ADDRESS
    assert asked["invitation"]["organisation"] == {"name": "Verein"}
    assert await acting_for(club) == [anna.id], "she didn't agree yet"
    assert await world.told() == []
    code = await code_to(ADDRESS)
    assert (await world.data(LISTED, anna, id=gid(club)))["it"]["invitations"] == [
        {"email": ADDRESS, "name": "Erika vom Vorstand"}
    ]
    for other in (None, erika):
        assert (await world.data(LISTED, other, id=gid(club)))["it"] == {"invitations": None}
    accepted = (await world.data(ACCEPT, t=code))["it"]  # nobody is signed in: the mailbox is hers
    assert (accepted["userErrors"], accepted["invitation"]["organisation"]) == ([], {"name": "Verein"})
    assert await acting_for(club) == [anna.id, erika.id]
    assert await told_of() == sorted([club.id, erika.id])
    assert not await RepresentativeInvitation.exists()
    context = await world.context(anna)
    before = await dump()
    for by in (None, context):
        assert (await world.data(ACCEPT, by, t=code))["it"]["userErrors"] == [{"path": ["token"], "code": "EXPIRED"}]
    assert await dump() == before


async def test_who_is_signed_in_accepts_as_who_they_are_and_asking_anew_ends_the_code_before(world: World) -> None:
    anna, club = await club_of(world)
    berta = await world.member("Berta")
    await invite(world, anna, club)
    first = await code_to(ADDRESS)
    await invite(world, anna, club)
    second = await code_to(ADDRESS)
    assert await RepresentativeInvitation.all().count() == 1
    assert (await world.data(ACCEPT, berta, t=first))["it"]["userErrors"][0]["code"] == "EXPIRED"
    assert (await world.data(ACCEPT, anna, t=second))["it"]["userErrors"] == [{"path": [], "code": "WRONG_STATE"}]
    suspended = await world.member("Susi", MemberStatus.SUSPENDED)
    context = await world.context(suspended)
    key = await world.key(club)
    before = await dump()
    assert (await world.data(ACCEPT, context, t=second))["it"]["userErrors"] == [{"path": [], "code": "WRONG_STATE"}]
    assert (await world.ask(ACCEPT, key, t=second)).codes == ["FORBIDDEN"]
    assert await dump() == before
    assert (await world.data(ACCEPT, berta, t=second))["it"]["userErrors"] == []
    assert await acting_for(club) == [anna.id, berta.id]


async def test_asking_tells_nobody_who_has_an_account(world: World) -> None:
    anna, club = await club_of(world)
    erika = await world.member("Erika")
    await Account.filter(id=(await world.account(erika)).id).update(email=ADDRESS)
    context, found = await world.context(anna), []
    for email in (ADDRESS, "niemand@example.org"):
        mails_before = await Mail.all().count()
        answer = (await world.data(INVITE, context, i={"organisationId": gid(club), "email": email}))["it"]
        mail = await Mail.all().order_by("-id").first()
        assert mail
        answer["invitation"].pop("id")
        assert answer["invitation"].pop("email") == mail.recipient == email
        found.append((answer, mail.subject, await Mail.all().count() - mails_before))
    assert found[0] == found[1]


async def test_who_has_no_account_signs_up_by_it_and_acts_once_they_are_approved(world: World) -> None:
    anna, club = await club_of(world)
    office = await world.office()
    await invite(world, anna, club)
    code, before = await code_to(ADDRESS), await dump()
    assert (await world.data(ACCEPT, t=code))["it"]["userErrors"] == [{"path": [], "code": "NOT_FOUND"}]
    person = {"name": "Erika", "email": ADDRESS, "password": PASSWORD}
    hashed = world.services.passwords.hashed
    wrong = (await world.data(SIGN_UP, i={**person, "invitationToken": "x"}))["it"]["userErrors"]
    assert [(one["path"], one["code"]) for one in wrong] == [(["input", "invitationToken"], "EXPIRED")]
    assert (await dump(), world.services.passwords.hashed) == (before, hashed)
    assert (await world.data(SIGN_UP, i={**person, "invitationToken": code}))["it"]["userErrors"] == []
    assert await acting_for(club) == [anna.id]
    assert (await world.data(CONFIRM, t=await token_of_last_mail()))["it"]["userErrors"] == []
    erika = await Member.get(name="Erika")
    assert erika.status is MemberStatus.APPLIED
    assert await acting_for(club) == [anna.id, erika.id]
    assert {club.id, erika.id} <= set(await told_of())
    viewer = "{ viewer { actsFor { name } } }"
    assert (await world.data(viewer, erika))["viewer"] == {"actsFor": []}
    await world.data("mutation($id: ID!) { approveMember(id: $id) { userErrors { code } } }", office, id=gid(erika))
    assert (await world.data(viewer, erika))["viewer"] == {"actsFor": [{"name": "Verein"}]}


async def test_an_invitation_that_ended_meanwhile_makes_an_account_and_nothing_else(world: World) -> None:
    anna, club = await club_of(world)
    asked = await invite(world, anna, club)
    person = {"name": "Erika", "email": ADDRESS, "password": PASSWORD, "invitationToken": await code_to(ADDRESS)}
    await world.data(SIGN_UP, i=person)
    assert (await world.data(WITHDRAW, anna, id=asked["invitation"]["id"]))["it"]["userErrors"] == []
    assert (await world.data(CONFIRM, t=await token_of_last_mail()))["it"]["userErrors"] == []
    assert await Account.exists(email=ADDRESS)
    assert await acting_for(club) == [anna.id]


async def test_a_member_who_is_added_is_asked_but_by_the_office(world: World) -> None:
    anna, club = await club_of(world)
    erika, berta, office = await world.member("Erika"), await world.member("Berta"), await world.office()
    account = await world.account(erika)
    acting = {"representatives": {"nodes": [{"name": "Anna"}]}}
    asked = (await world.data(ADD, anna, o=gid(club), m=gid(erika)))["it"]
    assert asked == {"member": {"askedRepresentatives": [{"name": "Erika"}], **acting}, "userErrors": []}
    # Where she signs in nobody is told, neither here nor in the list of those who were asked by mail.
    assert (await world.data(LISTED, anna, id=gid(club)))["it"]["invitations"] == []
    code = await code_to(account.email)
    context = await world.context(berta)
    before = await dump()
    assert (await world.data(ACCEPT, context, t=code))["it"]["userErrors"][0]["code"] == "EXPIRED", "she was not asked"
    assert await dump() == before
    taken_back = (await world.data(REMOVE, anna, o=gid(club), m=gid(erika)))["it"]
    assert taken_back == {"member": {"askedRepresentatives": [], **acting}, "userErrors": []}
    assert (await world.data(ACCEPT, erika, t=code))["it"]["userErrors"][0]["code"] == "EXPIRED"
    await world.data(ADD, anna, o=gid(club), m=gid(erika))
    assert (await world.data(ACCEPT, erika, t=await code_to(account.email)))["it"]["userErrors"] == []
    assert await acting_for(club) == [anna.id, erika.id]
    at_once = (await world.data(ADD, office, o=gid(club), m=gid(berta)))["it"]["member"]
    assert [one["name"] for one in at_once["representatives"]["nodes"]] == ["Anna", "Erika", "Berta"]


async def test_whom_no_mail_reaches_the_office_asks(world: World) -> None:
    anna, club = await club_of(world)
    silent, office = await world.member("Stille"), await world.office()
    await world.data(ADD, anna, o=gid(club), m=gid(silent))
    (mail,) = await Mail.all()
    assert mail.recipient == office.email
    assert "Stille" in mail.body
    assert "/invitation" not in mail.body
    assert await acting_for(club) == [anna.id]
    await world.data(ADD, office, o=gid(club), m=gid(silent))
    assert await acting_for(club) == [anna.id, silent.id]
    assert not await RepresentativeInvitation.exists(), "they needn't be asked any more"


async def test_mails_are_counted_for_who_gets_and_who_causes_them_and_invitations_for_the_club(world: World) -> None:
    anna, club = await club_of(world)
    other, office = await world.organisation("Anderer", by=anna), await world.office()
    rules = replace(
        world.services.rules,
        representative_mails=Rate(2, 86_400),
        representative_mails_by_account=Rate(4, 86_400),
        quotas=Quotas(representatives=Quota(10, 2)),
    )
    world.services = replace(world.services, rules=rules)
    by, with_office = await world.context(anna), await world.context(office)
    for number in range(2):
        assert (await invite(world, by, club, f"a{number}@example.org"))["userErrors"] == []
    before = await dump()
    assert (await invite(world, by, club, "a2@example.org"))["userErrors"] == [{"path": [], "code": "LIMIT_REACHED"}]
    assert await dump() == before
    assert (await invite(world, by, other, "a0@example.org"))["userErrors"] == []  # the fourth of hers
    before = await dump()
    for context, email in ((by, "a3@example.org"), (with_office, "a0@example.org")):
        refused = await world.ask(INVITE, context, i={"organisationId": gid(other), "email": email})
        assert refused.codes == ["RATE_LIMITED"]
    assert await dump() == before
    assert (await invite(world, with_office, club, "a4@example.org"))["userErrors"] == [], "the office has no quota"


async def test_who_is_asked_no_longer_was_asked_today_and_no_withdrawing_makes_room_for_others(world: World) -> None:
    anna, club = await club_of(world)
    erika = await world.member("Erika")
    await world.account(erika)
    rules = replace(world.services.rules, quotas=Quotas(representatives=Quota(2, 10)))
    world.services = replace(world.services, rules=rules)
    by, with_erika = await world.context(anna), await world.context(erika)
    asked = await invite(world, by, club)
    code = await code_to(ADDRESS)
    await world.data(ADD, by, o=gid(club), m=gid(erika))
    key = asked["invitation"]["id"]
    assert (await world.data(WITHDRAW, by, id=key))["it"]["userErrors"] == []
    assert (await world.data(REMOVE, by, o=gid(club), m=gid(erika)))["it"]["userErrors"] == []
    assert await forget_links(system_context(world.services)) == 0, "it counts still"
    before = await dump()
    # It is gone for whoever looks.
    assert (await world.data(LISTED, by, id=gid(club)))["it"]["invitations"] == []
    assert (await world.data("query($id: ID!) { node(id: $id) { id } }", by, id=key))["node"] is None
    assert (await world.ask(WITHDRAW, by, id=key)).codes == ["NOT_FOUND"]
    assert (await world.data(REMOVE, by, o=gid(club), m=gid(erika)))["it"]["userErrors"][0]["code"] == "NOT_FOUND"
    assert (await world.data(ACCEPT, with_erika, t=code))["it"]["userErrors"][0]["code"] == "EXPIRED"
    assert (await invite(world, by, club, "a@example.org"))["userErrors"] == [{"path": [], "code": "LIMIT_REACHED"}]
    assert await dump() == before
    await RepresentativeInvitation.all().update(created_at=now() - timedelta(hours=25))
    assert (await invite(world, by, club, "a@example.org"))["userErrors"] == []
    assert await forget_links(system_context(world.services)) == 2


@pytest.mark.parametrize("gone", ["the code", "the organisation"])
async def test_what_is_over_is_accepted_by_nobody(world: World, gone: str) -> None:
    anna, club = await club_of(world)
    berta = await world.context(await world.member("Berta"))
    await invite(world, anna, club)
    code = await code_to(ADDRESS)
    if gone == "the code":
        long_ago = {"created_at": now() - timedelta(days=14), "expires_at": now() - timedelta(seconds=1)}
        await RepresentativeInvitation.all().update(**long_ago)
        assert (await world.data(LISTED, anna, id=gid(club)))["it"]["invitations"] == []
    else:
        await Member.filter(id=club.id).update(status=MemberStatus.LEFT)
    before = await dump()
    assert (await world.data(ACCEPT, berta, t=code))["it"]["userErrors"] == [{"path": ["token"], "code": "EXPIRED"}]
    assert await dump() == before
    await SignUp.all().delete()
    assert await forget_links(system_context(world.services)) == (1 if gone == "the code" else 0)


LETTERS = {"invitation": ("t0ken",), "asked_for": (Member(name="Erika Müller"),)}
DECIDED = {MemberStatus.ACTIVE: ("nehmen ab sofort", "take part"), MemberStatus.DECLINED: ("nicht", "not let")}


@pytest.mark.parametrize("site", [None, "https://engagement.example/mitmachen/{token}"])
@pytest.mark.parametrize("name", LETTERS)
def test_a_mail_program_shows_both_languages_with_the_links_whole(name: str, site: str | None) -> None:
    pages = Site(home="https://engagement.example", invitation=site) if site else Site()
    rules = Rules(public_url="https://api.example.org", network_name="Netz Überall", site=pages)
    one = getattr(mails, name)(rules, "erika@müller-verein.de", Member(name="Fußballclub „Süd“ e. V."), *LETTERS[name])
    one.id = 7
    found: Any = message_from_bytes(written(one, "Netz <netz@example.org>"), policy=policy.default)
    assert not found.defects
    assert (found["To"], found["Subject"]) == ("erika@xn--mller-verein-dlb.de", one.subject)
    body = found.get_content().replace("\r\n", "\n")
    assert body == one.body
    german, _hello, english = body.partition("Hello,\n")
    assert german.startswith("Guten Tag,\n")
    assert min(part.count("Fußballclub „Süd“ e. V.") for part in (german, english)) == 1
    assert not re.search(r"[{}]", found["Subject"] + body)
    links = [line for line in body.split("\n") if "://" in line]
    page = "https://engagement.example/mitmachen/t0ken" if site else "https://api.example.org/invitation?token=t0ken"
    assert links == [*([page] * 2 if name == "invitation" else []), rules.home]
    assert ("14 Tage" in german, "14 days" in english) == (name == "invitation",) * 2


@pytest.mark.parametrize("status", DECIDED)
def test_one_mail_tells_a_person_and_their_club_what_was_decided(status: MemberStatus) -> None:
    person = Member(name="Erika Müller", kind=MemberKind.PERSON, status=status, status_reason="Darum {so}.")
    club = Member(name="Chor {Süd}", kind=MemberKind.ORGANISATION, status=status)
    one = mails.decided_together(Rules(network_name="Netz Überall"), "a@example.org", [club, person])
    german, _hello, english = one.body.partition("Hello,\n")
    for part, said in zip((german, english), DECIDED[status], strict=True):
        assert said in part
        assert part.count("Erika Müller") == part.count("Chor {Süd}") == part.count("Darum {so}.") == 1
    assert (german.startswith("Guten Tag,\n"), "Chor {Süd}" in one.subject) == (True, status is MemberStatus.ACTIVE)
