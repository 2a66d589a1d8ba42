"""Where the network has a website, what it shows leads to its pages there: in `url` fields, and in mails."""

from dataclasses import replace
from typing import Any

from models import Mail, MemberStatus
from resolvers.site import Site
from schema.declare.ids import global_id
from tests.world import World

SITE = Site(
    home="https://engagement.example",
    offer="https://engagement.example/eintrag/{slug}",
    event="https://engagement.example/termin/{slug}",
    group="https://engagement.example/gruppe/{slug}",
    member="https://engagement.example/wer/{slug}",
)
URLS = """query($offer: String!, $event: String!, $group: String!, $member: String!) {
  offer(slug: $offer) { url } event(slug: $event) { url } group(slug: $group) { url } member(slug: $member) { url }
  offers { nodes { url } } events { nodes { url } } groups { nodes { url } } members { nodes { url } }
}"""


async def test_each_page_is_where_its_template_says_and_null_where_there_is_none(world: World) -> None:
    member = await world.member("Anna")
    rows: dict[str, Any] = {
        "offer": await world.offer("Hilfe", member),
        "event": await world.event("Fest", member),
        "group": await world.group("Gruppe"),
        "member": member,
    }
    slugs = {name: row.slug for name, row in rows.items()}
    without = await world.data(URLS, **slugs)
    assert [without[name]["url"] for name in rows] == [None] * 4
    world.services = replace(world.services, rules=replace(world.services.rules, site=replace(SITE, event=None)))
    found = await world.data(URLS, **slugs)
    expected = {
        "offer": f"https://engagement.example/eintrag/{slugs['offer']}",
        "event": None,
        "group": f"https://engagement.example/gruppe/{slugs['group']}",
        "member": "https://engagement.example/wer/anna",
    }
    assert {name: found[name]["url"] for name in rows} == expected
    for name, url in expected.items():
        assert {"url": url} in found[f"{name}s"]["nodes"]


async def test_mails_lead_to_what_they_are_about(world: World) -> None:
    world.services = replace(world.services, rules=replace(world.services.rules, site=SITE))
    anna, bert, office = await world.member("Anna"), await world.member("Bert"), await world.office()
    for member in (anna, bert):
        await world.account(member)
    offer, group = await world.offer("Hilfe", anna), await world.group("Gruppe", anna)
    event = await world.event("Fest", anna)
    applicant = await world.member("Neu", MemberStatus.APPLIED)
    await world.account(applicant)
    register = "mutation($id: ID!) { registerForEvent(id: $id) { userErrors { code } } }"
    respond = "mutation($i: RespondToOfferInput!) { respondToOffer(input: $i) { userErrors { code } } }"
    await world.data(respond, bert, i={"offerId": global_id("Offer", offer.id), "message": "Gern"})
    invite = "mutation($id: ID!, $m: ID!) { inviteToGroup(id: $id, memberId: $m) { userErrors { code } } }"
    await world.data(invite, anna, id=global_id("Group", group.id), m=global_id("Member", bert.id))
    approve = "mutation($id: ID!) { approveMember(id: $id) { userErrors { code } } }"
    await world.data(approve, office, id=global_id("Member", applicant.id))
    await world.data(register, bert, id=global_id("Event", event.id))
    cancel = 'mutation($id: ID!) { cancelEvent(id: $id, reason: "Sturm") { userErrors { code } } }'
    await world.data(cancel, anna, id=global_id("Event", event.id))
    links = [line for one in await Mail.all().order_by("id") for line in one.body.split("\n") if "://" in line]
    assert links == [
        f"https://engagement.example/eintrag/{offer.slug}",
        f"https://engagement.example/gruppe/{group.slug}",
        "https://engagement.example/wer/neu",
        f"https://engagement.example/termin/{event.slug}",
    ]
