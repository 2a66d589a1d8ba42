"""The audit as the office reads it: paged, filtered, why included; and as CSV."""

import csv
import io
from datetime import timedelta

import pytest

from models import AuditEntry, AuditPersonal, now
from resolvers.audit import COLUMNS, audit_rows
from schema.declare.ids import global_id
from tests.world import World

LOG = """query ($target: ID, $actor: ID, $since: DateTime, $first: Int, $after: String) {
  auditLog(targetId: $target, actorId: $actor, since: $since, first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage }
    nodes { id action operation succeeded actor { name } actorAccountId targetId fields reason occurredAt } } }"""
HIDE = 'mutation ($id: ID!) { hide(id: $id, reason: "Beleidigung") { userErrors { code } } }'


async def test_the_office_reads_who_did_what_to_whom_and_why(world: World) -> None:
    office, owner = await world.office(), await world.member("Ada")
    offer, other = await world.offer(owner=owner), await world.offer(owner=owner)
    target = global_id("Offer", offer.id)
    await world.data(HIDE, office, id=target)
    (paused,) = (
        await world.data(
            "mutation ($id: ID!) { pauseOffer(id: $id) { offer { id } } }", owner, id=global_id("Offer", other.id)
        )
    ).values()
    assert paused["offer"]
    log = (await world.data(LOG, office, first=1))["auditLog"]
    assert log["totalCount"] == 2
    assert log["pageInfo"]["hasNextPage"]
    (first,) = log["nodes"]
    assert (first["operation"], first["actor"], first["fields"]) == ("pauseOffer", {"name": "Ada"}, ["status"])
    (second,) = (await world.data(LOG, office, first=1, after=log["pageInfo"]["endCursor"]))["auditLog"]["nodes"]
    assert {**second, "id": "", "occurredAt": ""} == {
        "id": "", "occurredAt": "", "action": "HIDDEN", "operation": "hide", "succeeded": True, "actor": None,
        "actorAccountId": global_id("Account", office.id), "targetId": target,
        "fields": ["hiddenAt", "hiddenReason"], "reason": "Beleidigung",
    }  # fmt: skip
    for given, expected in (
        ({"target": target}, ["hide"]),
        ({"target": "x"}, []),
        ({"actor": global_id("Member", owner.id)}, ["pauseOffer"]),
        ({"actor": target}, []),
        ({"since": (now() + timedelta(days=1)).isoformat()}, []),
        ({"since": (now() - timedelta(days=1)).isoformat(), "target": target}, ["hide"]),
    ):
        found = (await world.data(LOG, office, **given))["auditLog"]
        assert [one["operation"] for one in found["nodes"]] == expected, given
        assert found["totalCount"] == len(expected)
    # Forgotten with whom it is about.
    await AuditPersonal.filter(member_id=owner.id).delete()
    (again,) = (await world.data(LOG, office, target=target))["auditLog"]["nodes"]
    assert again["reason"] is None
    assert (await world.data(LOG, owner))["auditLog"] is None


@pytest.mark.walk
async def test_as_csv_it_is_a_table_that_no_spreadsheet_runs(world: World) -> None:
    owner = await world.member()
    offer = await world.offer(owner=owner, title="Alt")
    update = "mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { code } } }"
    await world.data(update, owner, input={"id": global_id("Offer", offer.id), "title": "Neu"})
    await world.data(HIDE, await world.office(), id=global_id("Offer", offer.id))
    await AuditPersonal.filter(field="reason").update(after='=HYPERLINK("x")\n"zwei"')
    out = io.StringIO()
    writer = csv.writer(out)
    async for row in audit_rows():
        writer.writerow(row)
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in csv.reader(io.StringIO(out.getvalue()))]
    assert [one["operation"] for one in rows] == ["updateOffer", "hide"]
    assert (rows[0]["actor"], rows[0]["target"]) == (str(owner.id), f"Offer {offer.id}")
    assert rows[0]["before_and_after"] == '{"title":["Alt","Neu"]}'
    assert rows[1]["reason"] == '\'=HYPERLINK("x")\n"zwei"'
    last = await AuditEntry.all().order_by("-id").first()
    assert last is not None
    assert [row[0] async for row in audit_rows(last.occurred_at)] == [str(last.id)]
