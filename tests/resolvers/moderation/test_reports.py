"""What is reported: by whom, how often, what the office does about it, and who is told."""

from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from models import Mail, Member, Offer, OfferStatus, Report, ReportStatus
from resolvers.limits.rates import Rate
from schema.declare.ids import global_id
from tests.conditions import soon
from tests.dump import dump
from tests.world import World

REPORT = """mutation($input: ReportInput!) { it: report(input: $input) {
  report { status reason message reporter { name } target { __typename ... on Offer { title } } }
  userErrors { path code } } }"""
DECIDE = """mutation($id: ID!, $uphold: Boolean!, $note: String) {
  it: decideReport(id: $id, uphold: $uphold, note: $note) { report { status note } userErrors { code } } }"""
QUEUE = "{ reports(statuses: [OPEN]) { totalCount nodes { reason target { ... on Offer { title } } } } }"


async def entry(world: World) -> tuple[Member, Offer]:
    """An entry, and its owner."""
    owner = await world.member("Person")
    await world.account(owner)
    return owner, await world.offer("Werkbank", owner)


def about(offer: Offer, **more: Any) -> dict[str, Any]:
    """A report of the entry."""
    return {"targetId": global_id("Offer", offer.id), "reason": "FRAUD", **more}


async def test_guests_and_members_report_what_they_see_and_the_office_reads_it(world: World) -> None:
    _owner, offer = await entry(world)
    member, office = await world.member("Fremd"), await world.office()
    target = {"__typename": "Offer", "title": "Werkbank"}
    for by, reporter in ((None, None), (member, {"name": "Fremd"})):
        done = (await world.data(REPORT, by, input=about(offer, message="Sie zahlen nie.")))["it"]
        shown = {"status": "OPEN", "reason": "FRAUD", "message": "Sie zahlen nie.", "target": target}
        assert done == {"report": {**shown, "reporter": reporter}, "userErrors": []}
    queue = {"totalCount": 2, "nodes": [{"reason": "FRAUD", "target": {"title": "Werkbank"}}] * 2}
    assert await world.data(QUEUE, office) == {"reports": queue}
    assert await Mail.all().count() == 0, "nobody is told before it is decided"


async def test_what_nobody_sees_is_not_reported_and_nothing_too_often(world: World) -> None:
    """Each refusal writes and tells nothing."""
    owner, offer = await entry(world)
    draft = await world.offer("Entwurf", owner, OfferStatus.DRAFT)
    member, other = await world.context(await world.member("Fremd")), await world.context(await world.member("Andere"))
    rules = replace(world.services.rules, reports=Rate(3, 86_400), reports_by_address=Rate(1, 86_400), reports_of_one=1)
    world.services = replace(world.services, rules=rules)
    guest = replace(await world.context(), address="192.0.2.1")
    few = [replace(one, services=world.services) for one in (member, other)]
    assert (await world.data(REPORT, few[0], input=about(offer)))["it"]["userErrors"] == []
    before = await dump()
    for by, target, code in (
        (few[0], about(draft), "NOT_FOUND"),
        (few[0], {"targetId": "nothing", "reason": "SPAM"}, "NOT_FOUND"),
        (few[0], about(offer), "TAKEN"),
        (few[1], about(offer), "LIMIT_REACHED"),
        (guest, about(offer), "LIMIT_REACHED"),
    ):
        assert [one["code"] for one in (await world.data(REPORT, by, input=target))["it"]["userErrors"]] == [code]
    assert (await world.ask(REPORT, guest, input=about(offer))).codes == ["RATE_LIMITED"]
    assert await dump() == before


@pytest.mark.parametrize("uphold", [True, False])
async def test_a_decision_is_told_to_who_reported_and_if_it_is_upheld_to_the_other_side(
    world: World, uphold: bool
) -> None:
    owner, offer = await entry(world)
    reporter, office = await world.member("Fremd"), await world.context(await world.office())
    await world.data(REPORT, reporter, input=about(offer))
    one = await Report.get()
    asked = {"id": global_id("Report", one.id), "uphold": uphold, "note": "Wir haben nachgefragt."}
    status = ReportStatus.UPHELD if uphold else ReportStatus.DISMISSED
    done = (await world.data(DECIDE, office, **asked))["it"]
    assert done == {"report": {"status": status.value, "note": "Wir haben nachgefragt."}, "userErrors": []}
    told = {mail.recipient: mail for mail in await Mail.all()}
    sides = {(await world.account(reporter)).email: "Ihre Meldung: Werkbank / Your report: Werkbank"}
    if uphold:
        sides[(await world.account(owner)).email] = "Gemeldet: Werkbank / Reported: Werkbank"
    assert {address: mail.subject for address, mail in told.items()} == sides
    for mail in told.values():
        assert "den Eintrag „Werkbank“" in mail.body
        assert "the entry “Werkbank”" in mail.body
        assert mail.body.count("Wir haben nachgefragt.") == 2, "in each language"
        assert "Fremd" not in mail.body, "who it was nobody learns"
    before = await dump()
    assert (await world.data(DECIDE, office, **asked))["it"]["userErrors"] == [{"code": "WRONG_STATE"}]
    assert await dump() == before


COUNTS = """subscription($after: String) { officeQueueChanged(after: $after) {
  applications reviews openReports staleOffers } }"""


async def test_the_office_hears_how_much_waits(world: World) -> None:
    _owner, offer = await entry(world)
    office, member = await world.office(), await world.member("Fremd")
    for by, code in ((None, "UNAUTHENTICATED"), (member, "FORBIDDEN")):
        refused = await soon(anext(world.subscribe(COUNTS, by)))
        assert refused.codes == [code]
    after = await world.services.hub.cursor()
    await world.data(REPORT, member, input=about(offer))
    nothing = {"applications": 0, "reviews": 0, "openReports": 0, "staleOffers": 0}
    async with aclosing(world.subscribe(COUNTS, office, after=after)) as updates:
        first = await soon(anext(updates))
        assert first.data == {"officeQueueChanged": {**nothing, "openReports": 1}}
        one = await Report.get()
        await world.data(DECIDE, office, id=global_id("Report", one.id), uphold=False)
        assert (await soon(anext(updates))).data == {"officeQueueChanged": nothing}
