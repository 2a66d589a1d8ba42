"""Partners' keys: made and revoked by the office, shown once, used within their scopes; who they are to the API."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auth.keys import hash_of, new_key
from auth.refusals import KeyOver
from auth.viewer import load_key_viewer
from models import (
    ApiKey,
    ApiKeyScope,
    Change,
    Member,
    MemberStatus,
    Offer,
    OfferResponse,
    OfferStatus,
    Representation,
    ResponseStatus,
    now,
)
from resolvers.context import Context, Rules, context_for
from resolvers.key_uses import KeyUses
from schema.declare.ids import global_id
from schema.roots import build
from tests.conditions import until
from tests.dump import dump
from tests.statements import statements
from tests.world import World

pytestmark = pytest.mark.walk

SHOWN = "id name prefix scopes createdAt expiresAt lastUsedAt revokedAt organisation { name }"
CREATE = f"""mutation($input: CreateApiKeyInput!) {{ it: createApiKey(input: $input) {{
  apiKey {{ {SHOWN} }} secret userErrors {{ path code message }} }} }}"""
REVOKE = (
    f"mutation($id: ID!) {{ it: revokeApiKey(id: $id) {{ apiKey {{ {SHOWN} }} secret userErrors {{ path code }} }} }}"
)
LIST = f"{{ apiKeys {{ {SHOWN} }} }}"
WRITE = ApiKeyScope.WRITE_BOARD


def form(organisation: Member, **fields: Any) -> dict[str, Any]:
    """What the office types."""
    given = {"name": "Vereinsseite", "scopes": ["READ"], "organisationId": global_id("Member", organisation.id)}
    return {**given, **fields}


async def wrong(world: World, **given: Any) -> list[tuple[str, str]]:
    """The user errors of a form, in which nothing else is told and after which nothing has changed."""
    office, before = await world.office(), await dump()
    context = await world.context(office)
    before = await dump()
    found = (await world.data(CREATE, context, input=given))["it"]
    assert (found["apiKey"], found["secret"]) == (None, None)
    assert await dump() == before
    return [(".".join(error["path"]), error["code"]) for error in found["userErrors"]]


async def by_secret(world: World, secret: str) -> Context:
    """The context of a request with this key."""
    return await context_for(world.services, f"Bearer {secret}", "en")


# ---------------------------------------------------------------- made and revoked


async def test_the_office_makes_a_key_that_is_shown_once_and_nowhere_stored(world: World) -> None:
    office, club = await world.office(), await world.organisation("Sportverein")
    made = (await world.data(CREATE, office, input=form(club, scopes=["WRITE_BOARD", "WRITE_BOARD"])))["it"]
    secret, shown = made["secret"], made["apiKey"]
    assert made["userErrors"] == []
    assert shown["scopes"] == ["READ", "WRITE_BOARD"]
    assert shown["organisation"] == {"name": "Sportverein"}
    assert (shown["expiresAt"], shown["lastUsedAt"], shown["revokedAt"]) == (None, None, None)
    assert secret.startswith(shown["prefix"])
    stored = str(await dump())
    assert shown["prefix"] in stored
    assert secret not in stored
    assert secret[len(shown["prefix"]) :] not in stored
    assert (await world.data(LIST, office))["apiKeys"] == [shown]
    assert await Change.all().count() == 0
    node = f"query($id: ID!) {{ node(id: $id) {{ ... on ApiKey {{ {SHOWN} }} }} }}"
    assert (await world.data(node, office, id=shown["id"]))["node"] == shown
    assert (await world.data(node, await world.member(), id=shown["id"]))["node"] is None


async def test_a_revoked_key_is_over_at_once_and_for_good(world: World) -> None:
    office, club = await world.office(), await world.organisation()
    made = (await world.data(CREATE, office, input=form(club)))["it"]
    assert (await by_secret(world, made["secret"])).viewer.member_id == club.id
    revoked = (await world.data(REVOKE, office, id=made["apiKey"]["id"]))["it"]
    assert (revoked["secret"], revoked["userErrors"]) == (None, [])
    assert revoked["apiKey"]["revokedAt"]
    with pytest.raises(KeyOver):
        await by_secret(world, made["secret"])
    (told,) = await world.told()
    assert (told.kind, told.facts) == ("KeyRevoked", {"key_id": (await ApiKey.get()).id})
    context = await world.context(office)
    before = await dump()
    again = (await world.data(REVOKE, context, id=made["apiKey"]["id"]))["it"]
    assert (again["apiKey"], again["userErrors"]) == (None, [{"path": [], "code": "WRONG_STATE"}])
    assert await dump() == before


async def test_what_is_wrong_with_a_form_is_told_at_once(world: World) -> None:
    club, person = await world.organisation(), await world.member()
    asleep = await world.organisation("Ruht", status=MemberStatus.SUSPENDED)
    past = (now() - timedelta(seconds=1)).isoformat()
    assert await wrong(world, **form(club, name=" ", scopes=[], expiresAt=past)) == [
        ("input.name", "REQUIRED"),
        ("input.scopes", "REQUIRED"),
        ("input.expiresAt", "OUT_OF_RANGE"),
    ]
    assert await wrong(world, name="x" * 201, scopes=["READ"]) == [
        ("input.name", "TOO_LONG"),
        ("input.organisationId", "REQUIRED"),
    ]
    for other, code in ((person, "INVALID"), (asleep, "WRONG_STATE")):
        assert await wrong(world, **form(other)) == [("input.organisationId", code)]
    for id in (global_id("Member", 999_999_999), global_id("Group", club.id), "x"):
        assert await wrong(world, **form(club, organisationId=id)) == [("input.organisationId", "NOT_FOUND")]


async def test_an_organisation_has_so_many_keys_at_a_time(database_url: str, redis_url: str) -> None:
    from models.database.connect import configuration, connected

    async with connected(configuration(database_url)), World.opened(redis_url, Rules(api_keys_limit=2)) as world:
        club, other = await world.organisation(), await world.organisation("Chor")
        await world.key(club, expires_at=now() - timedelta(seconds=1))
        await world.key(club, revoked_at=now())
        await world.key(other)
        first = await world.key(club)
        await world.key(club, expires_at=now() + timedelta(days=1))
        assert await wrong(world, **form(club)) == [("input.organisationId", "LIMIT_REACHED")]
        await ApiKey.filter(id=first.id).update(revoked_at=now())
        assert (await world.data(CREATE, await world.office(), input=form(club)))["it"]["userErrors"] == []


# ---------------------------------------------------------------- who asks by a key


async def test_the_viewer_of_a_key_is_its_organisation_by_one_statement(world: World) -> None:
    person = await world.member()
    club = await world.organisation("Sportverein", by=person)
    group = await world.group(coordinator=club)
    made = new_key()
    key = await world.key(club, WRITE, made=made)
    with statements() as sent:
        viewer = await load_key_viewer(made.hash)
    assert len(sent) == 1
    assert (viewer.account, viewer.session_id, viewer.member, viewer.key) == (None, None, club, key)
    assert viewer.key
    assert viewer.key.scopes == ["READ", "WRITE_BOARD"]
    assert (viewer.caller, viewer.credential) == (f"key:{key.id}", f"key:{key.id}")
    assert (viewer.is_guest, viewer.is_office, viewer.is_active, viewer.has_calendar) == (False, False, False, False)
    assert viewer.own_ids == viewer.acting_ids == {club.id}
    assert viewer.coordinated_groups == frozenset(), f"{group.name} is led by people"


@pytest.mark.parametrize("status", MemberStatus)
async def test_a_key_reads_the_own_side_while_its_organisation_is_there(world: World, status: MemberStatus) -> None:
    club = await world.organisation("Verein", status=status)
    made = new_key()
    await world.key(club, WRITE, made=made)
    if status is MemberStatus.LEFT:
        with pytest.raises(KeyOver):
            await load_key_viewer(made.hash)
        return
    viewer = await load_key_viewer(made.hash)
    assert viewer.own_ids == {club.id}
    assert viewer.acting_ids == ({club.id} if status is MemberStatus.ACTIVE else set())


async def test_what_is_no_key_or_over_is_refused_as_no_guest(world: World) -> None:
    club, made = await world.organisation(), {}
    for name, columns in (
        ("expired", {"expires_at": now() - timedelta(seconds=1)}),
        ("revoked", {"revoked_at": now()}),
        ("good", {"expires_at": now() + timedelta(hours=1)}),
    ):
        made[name] = new_key()
        await world.key(club, made=made[name], **columns)
    context = await by_secret(world, made["good"].text)
    assert context.expires_at is not None
    assert 3500 < (context.seconds_left or 0) <= 3600
    for text in (made["expired"].text, made["revoked"].text, new_key().text):
        with pytest.raises(KeyOver):
            await by_secret(world, text)
    for text in ("mwk_", made["good"].text[:-1] + "_", made["good"].prefix):
        with statements() as sent, pytest.raises(KeyOver):
            await by_secret(world, text)
        assert sent == [], "what never was a key isn't looked for"
    assert context.viewer.key
    await ApiKey.filter(id=context.viewer.key.id).update(revoked_at=now())
    with pytest.raises(KeyOver):
        await context.renew()


async def test_a_program_learns_who_it_is(world: World) -> None:
    club = await world.organisation("Sportverein")
    key = await world.key(club)
    document = "{ viewer { id role email member { name } actsFor { name } registrationsIcalUrl } }"
    viewer = (await world.data(document, key))["viewer"]
    other = (await world.data(document, await world.key(club)))["viewer"]
    assert viewer.pop("id") != other.pop("id")
    assert viewer == other == {
        "role": "PARTNER",
        "email": None,
        "member": {"name": "Sportverein"},
        "actsFor": [],
        "registrationsIcalUrl": None,
    }  # fmt: skip


async def test_a_program_reads_its_organisation_s_affairs_and_what_it_may_do_with_them(world: World) -> None:
    club, stranger = await world.organisation("Verein", by=await world.member()), await world.member("Fremd")
    draft = await world.offer("Entwurf", club, OfferStatus.DRAFT)
    foreign = await world.offer("Fremder Entwurf", stranger, OfferStatus.DRAFT)
    event = await world.event("Fest", club, status="DRAFT")
    sent = await OfferResponse.create(offer=await world.offer(owner=stranger), member=club, message="Gern.")
    document = """query($ids: [ID!]!) {
      nodes(ids: $ids) { ... on Offer { title viewerCanUpdate } ... on Event { title viewerCanUpdate }
        ... on Member { name viewerCanUpdate emailAudience } }
      viewer { responses { nodes { id } } }
      offers(filter: {statuses: [DRAFT]}) { nodes { title } } }"""
    ids = [global_id(type(one).__name__, one.id) for one in (draft, foreign, event, club)]
    for scopes, may_write in (((), False), ((WRITE,), True)):
        found = await world.data(document, await world.key(club, *scopes), ids=ids)
        assert found["nodes"] == [
            {"title": "Entwurf", "viewerCanUpdate": may_write},
            None,
            {"title": "Fest", "viewerCanUpdate": False},
            {"name": "Verein", "viewerCanUpdate": False, "emailAudience": None},
        ]
        assert found["viewer"]["responses"]["nodes"] == [{"id": global_id("OfferResponse", sent.id)}]
        assert found["offers"]["nodes"] == [{"title": "Entwurf"}]


async def test_a_program_is_of_no_audience_but_everyone(world: World) -> None:
    """Of members of its groups, and of all who take part, people see contact data; whom it agreed with it sees, too."""
    club, group = await world.organisation("Verein"), await world.group()
    await world.membership(group, club)
    members = {}
    for audience in ("EVERYONE", "MEMBERS", "GROUPS", "NOBODY"):
        members[audience] = await world.member(audience, email=f"{audience}@example.org", email_audience=audience)
        await world.membership(group, members[audience])
    agreed = await world.member("Zugesagt", email="zugesagt@example.org")
    offer = await world.offer(owner=club)
    await OfferResponse.create(offer=offer, member=agreed, message="Gern.", status=ResponseStatus.ACCEPTED)
    ids = [global_id("Member", one.id) for one in (*members.values(), agreed)]
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Member { email } } }"
    found = await world.data(document, await world.key(club, WRITE), ids=ids)
    assert [one["email"] for one in found["nodes"]] == ["EVERYONE@example.org", *[None] * 3, "zugesagt@example.org"]


async def test_a_program_writes_the_board_for_its_organisation_alone(world: World) -> None:
    club, person = await world.organisation("Verein"), await world.member()
    other = await world.organisation("Anderer", by=person)
    await Representation.create(organisation=club, person=person)
    await world.offer("Früher", club, OfferStatus.WITHDRAWN)
    key = await world.key(club, WRITE)
    create = """mutation($input: CreateOfferInput!) { createOffer(input: $input) {
      offer { id status owner { name } } userErrors { path code } } }"""
    fields = {"direction": "SEEK", "category": "ROOM", "title": "Raum gesucht", "description": "Für Proben."}
    made = (await world.data(create, key, input={**fields, "publish": True}))["createOffer"]
    assert made["offer"]["owner"] == {"name": "Verein"}
    assert made["offer"]["status"] == "PUBLISHED"
    foreign, hidden = await world.offer("Fremd", other), await world.offer("Entwurf", other, OfferStatus.DRAFT)
    context = await world.context(key)
    before = await dump()
    for member in (other, person):
        answer = await world.ask(create, context, input={**fields, "ownerId": global_id("Member", member.id)})
        assert answer.codes == ["FORBIDDEN"]
    for offer, code in ((foreign, "FORBIDDEN"), (hidden, "NOT_FOUND")):
        for name in ("publishOffer", "pauseOffer", "withdrawOffer", "fulfilOffer"):
            document = f"mutation($id: ID!) {{ {name}(id: $id) {{ userErrors {{ code }} }} }}"
            assert (await world.ask(document, context, id=global_id("Offer", offer.id))).codes == [code], name
    assert await dump() == before
    await Member.filter(id=club.id).update(status=MemberStatus.SUSPENDED)
    own = await Offer.get(owner_id=club.id, title="Raum gesucht")
    answer = await world.ask(
        "mutation($id: ID!) { pauseOffer(id: $id) { userErrors { code } } }", key, id=global_id("Offer", own.id)
    )
    assert answer.codes == ["FORBIDDEN"]


async def test_every_mutation_but_those_of_the_board_is_forbidden_to_every_key(world: World) -> None:
    """All that the schema has, now and later: without arguments that it would need, a right would ask for them."""
    writing = {"createOffer", "updateOffer", "publishOffer", "pauseOffer", "withdrawOffer", "fulfilOffer"}
    writing |= {"deleteOfferDraft", "dismissMatch"}  # of its own entries
    club = await world.organisation("Verein", status=MemberStatus.APPLIED)
    active = await world.organisation("Aktiv")
    mutations: Any = build()._schema.mutation_type.fields  # type: ignore[union-attr]
    assert writing <= set(mutations)
    for organisation, scopes, allowed in ((club, (WRITE,), set()), (active, (), set()), (active, (WRITE,), writing)):
        context = await world.context(await world.key(organisation, *scopes))
        before = await dump()
        for name, field in mutations.items():
            if name in allowed:
                continue
            declared = ", ".join(f"${key}: {one.type}" for key, one in field.args.items())
            given = ", ".join(f"{key}: ${key}" for key in field.args)
            document = (
                f"mutation({declared}) {{ {name}({given}) {{ userErrors {{ code }} }} }}"
                if given
                else (f"mutation {{ {name} {{ userErrors {{ code }} }} }}")
            )
            variables = {key: some(one.type, organisation) for key, one in field.args.items()}
            answer = await world.ask(document, context, **variables)
            assert answer.codes == ["FORBIDDEN"], (name, answer)
        assert await dump() == before


def some(kind: Any, organisation: Member) -> Any:
    """Any value of a type: of an id that of the organisation."""
    text = str(kind)
    inner = getattr(kind, "of_type", kind)
    if not text.endswith("!"):
        return None
    if text.startswith("["):
        return []
    if hasattr(inner, "fields"):
        return {
            name: some(field.type, organisation) for name, field in inner.fields.items() if str(field.type)[-1] == "!"
        }
    if hasattr(inner, "values"):
        return next(iter(inner.values))
    plain = {"ID": global_id("Member", organisation.id), "Boolean": True, "Int": 1, "Float": 1.0}
    texts = {"DateTime": now().isoformat(), "Date": now().date().isoformat(), "EmailAddress": "neu@example.org"}
    return plain.get(inner.name, texts.get(inner.name, "ein gutes Passwort"))


# ---------------------------------------------------------------- when it was used last


async def test_the_last_use_is_written_once_an_hour_and_nobody_waits_for_it(world: World) -> None:
    club, made = await world.organisation(), new_key()
    key = await world.key(club, made=made, last_used_at=None)

    async def used() -> Any:
        return (await ApiKey.get(id=key.id)).last_used_at

    await by_secret(world, made.text)
    first = await until(used)
    assert now() - timedelta(minutes=1) < first <= now()
    for _time in range(3):
        await by_secret(world, made.text)
    await world.services.outbox.drain()
    assert await used() == first
    old = now() - timedelta(hours=2)
    await ApiKey.filter(id=key.id).update(last_used_at=old)
    later = replace(world.services, key_uses=KeyUses())
    with statements() as sent:
        for _time in range(5):
            await context_for(later, f"Bearer {made.text}", "en")
        await world.services.outbox.drain()
    assert [one.split(" ", 1)[0] for one in sent].count("UPDATE") == 1
    assert await used() > old + timedelta(hours=1)
    assert await world.told() == []


async def test_of_two_processes_that_read_the_same_the_later_one_writes_nothing(world: World) -> None:
    key, written = await world.key(await world.organisation(), last_used_at=None), []
    for uses in (KeyUses(), KeyUses()):
        uses.note(world.services.outbox, key)
        await world.services.outbox.drain()
        written.append((await ApiKey.get(id=key.id)).last_used_at)
    assert written[0] is not None
    assert written == [written[0]] * 2


def test_the_key_s_looks_are_told_to_scanners() -> None:
    text = (Path(__file__).parents[2] / "docs/sign-in.md").read_text()
    (pattern,) = re.findall(r"`(\\bmwk_\S+)`", text)
    key = new_key()
    assert re.search(pattern, f"token = '{key.text}'")
    assert not re.search(pattern, key.prefix)
    assert hash_of(key.text) == key.hash
