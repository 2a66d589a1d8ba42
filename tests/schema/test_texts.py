"""Every text that a mutation takes, with every kind of odd character in it: stored as people see it, or refused.

The table names each text of the schema's inputs: one that is added has to be added here, and is held to the same.
"""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)
from tortoise.context import require_context

from models import (
    Account,
    District,
    Event,
    GroupPost,
    Member,
    MembershipStatus,
    MemberStatus,
    NetworkRole,
    Offer,
    OfferStatus,
    Report,
    SavedSearch,
    SignUp,
    Topic,
    now,
)
from schema.declare.ids import global_id
from tests.dump import dump
from tests.forms import MUTATIONS
from tests.schema.test_bad_input import document_of
from tests.world import World

LINE, TEXT, OTHER = "on one line", "on as many lines as it has", "of a form of its own"
REQUIRED, INVALID = "REQUIRED", "INVALID"
PASSWORD = "ein gutes Passwort"
VENUE = {
    "venue.name": LINE,
    "venue.street": LINE,
    "venue.postalCode": LINE,
    "venue.city": LINE,
    "venue.district": OTHER,
    "venue.accessibilityNote": TEXT,
}
EVENT = {"title": LINE, "description": TEXT, "topics": OTHER, "timeZone": OTHER, "onlineUrl": OTHER, **VENUE}
OFFER = {"title": LINE, "description": TEXT, "topics": OTHER, "district": OTHER, "languages": OTHER, **VENUE}
GROUP = {"name": LINE, "purpose": TEXT, "topics": OTHER}
ADDRESSES = {"website": OTHER, "email": OTHER, "phone": OTHER}
MEMBER = {"name": LINE, "about": TEXT, "topics": OTHER, "district": OTHER, **ADDRESSES}
TEXTS: dict[str, dict[str, str]] = {
    "createApiKey": {"name": LINE},
    "saveSearch": {"name": LINE, **{f"filter.{name}": OTHER for name in ("text", "topics", "districts", "languages")}},
    "setProfile": {"topics": OTHER, "districts": OTHER, "languages": OTHER},
    "saveTopic": {"name": LINE, "synonyms": OTHER},
    "saveDistrict": {"name": LINE, "postalCodes": OTHER},
    "saveSynonyms": {"words": OTHER, "narrower": OTHER},
    "signUp": {
        **{"name": LINE, "email": OTHER, "password": OTHER},
        **{"acceptedTermsVersion": OTHER, "invitationToken": OTHER},
    },
    "acceptTerms": {"version": OTHER},
    "applyAsOrganisation": {
        "message": TEXT,
        "acceptedTermsVersion": OTHER,
        **{f"person.{name}": OTHER for name in ("email", "password", "acceptedTermsVersion", "invitationToken")},
        "person.name": LINE,
        **{f"organisation.{name}": kind for name, kind in MEMBER.items()},
        **{f"firstOffer.{name}": kind for name, kind in OFFER.items()},
    },
    "inviteRepresentative": {"email": OTHER, "name": LINE},
    "acceptInvitation": {"token": OTHER},
    "signIn": {"email": OTHER, "password": OTHER, "code": OTHER},
    "confirmEmail": {"token": OTHER},
    "requestPasswordReset": {"email": OTHER},
    "resetPassword": {"token": OTHER, "newPassword": OTHER},
    "requestSignInLink": {"email": OTHER},
    "signInWithLink": {"token": OTHER, "code": OTHER},
    "signInWithProvider": {"token": OTHER, "verifier": OTHER, "password": OTHER, "code": OTHER},
    "enrolSecondFactor": {"password": OTHER},
    "confirmSecondFactor": {"code": OTHER},
    "disableSecondFactor": {"password": OTHER, "code": OTHER},
    "changePassword": {"currentPassword": OTHER, "newPassword": OTHER},
    "requestEmailChange": {"newEmail": OTHER, "password": OTHER},
    "eraseMember": {"password": OTHER},
    "refreshSession": {"refreshToken": OTHER},
    "createEvent": EVENT,
    "updateEvent": EVENT,
    "cancelEvent": {"reason": TEXT},
    "createGroup": GROUP,
    "updateGroup": GROUP,
    "removeFromGroup": {"reason": TEXT},
    "publishGroupPost": {"title": LINE, "body": TEXT},
    "updateGroupPost": {"title": LINE, "body": TEXT},
    "createOrganisation": MEMBER,
    "updateMember": MEMBER,
    "declineMember": {"reason": TEXT},
    "suspendMember": {"reason": TEXT},
    "hide": {"reason": TEXT},
    "report": {"message": TEXT},
    "decideReport": {"note": TEXT},
    "withdrawOffer": {"reason": TEXT},
    "createOffer": OFFER,
    "updateOffer": OFFER,
    "reviewOffer": {"reason": TEXT},
    "respondToOffer": {"message": TEXT},
}
# What may be empty, and then is none.
OPTIONAL = {"venue.street", "venue.postalCode", "venue.city", "venue.accessibilityNote", "about"}
OPTIONAL_OF = {("removeFromGroup", "reason"), ("withdrawOffer", "reason"), ("inviteRepresentative", "name")}
OPTIONAL_OF |= {("report", "message"), ("decideReport", "note")}
OPTIONAL_OF |= {("applyAsOrganisation", path) for path in ("message", "organisation.about")}
OPTIONAL_OF |= {("applyAsOrganisation", f"firstOffer.{path}") for path in OPTIONAL if path.startswith("venue")}

# What was typed; what is stored on one line; what is stored on several. A code where it is refused.
ODD: tuple[tuple[str, str, str], ...] = (
    ("Sommer\u00adfest", "Sommerfest", "Sommerfest"),
    ("\ufeffSommer\u200bfest\u2060", "Sommerfest", "Sommerfest"),
    ("Familie 👩\u200d👧 می\u200cخواهم", "Familie 👩\u200d👧 می\u200cخواهم", "Familie 👩\u200d👧 می\u200cخواهم"),
    ("Bjo\u0308rn A\u030angstro\u0308m", "Björn Ångström", "Björn Ångström"),
    ("Erika \u202etsuM\u202c", "Erika tsuM", "Erika tsuM\u202c"),
    ("Eins\u000bzwei\u0085c\u2028d\re\r\nf", "Eins zwei c d e f", "Eins\nzwei\nc\nd\ne\nf"),
    *((text, REQUIRED, REQUIRED) for text in ("\u200b", "\u2800", "\u3164", "\u202e", "\u115f\u034f", "\u00a0\u0301")),
    *((f"Som{odd}mer", INVALID, INVALID) for odd in ("\x00", "\x1b", "\ud83c", "\ufffd", "\ufffe", "\u0301" * 40)),
)


def texts_of(kind: GraphQLInputType, path: tuple[str, ...]) -> Iterator[str]:
    """The paths of the texts in an argument, without `input`."""
    while isinstance(kind, (GraphQLNonNull, GraphQLList)):
        kind = kind.of_type
    if isinstance(kind, GraphQLInputObjectType):
        for name, field in kind.fields.items():
            yield from texts_of(field.type, (*path, name))
    elif isinstance(kind, GraphQLScalarType) and kind.name in ("String", "EmailAddress", "PhoneNumber", "URL"):
        yield ".".join(path).removeprefix("input.")


def test_the_table_names_each_text_that_a_mutation_takes() -> None:
    found = {
        name: {path for argument, one in field.args.items() for path in texts_of(one.type, (argument,))}
        for name, field in MUTATIONS.items()
    }
    assert {name: set(paths) for name, paths in TEXTS.items()} == {
        name: paths for name, paths in found.items() if paths
    }


@dataclass
class Stage:
    """Who asks for what: each call of `values` is of an object that can still be asked for it."""

    world: World
    anna: Member
    office: Account

    async def values(self, name: str) -> tuple[Member | Account | None, dict[str, Any]]:
        """Who asks, and variables with which the mutation is done."""
        world, anna = self.world, self.anna
        input: dict[str, Any]
        match name:
            case "signUp":
                return None, {"input": {"name": "Erika", "email": "erika@example.org", "password": PASSWORD}}
            case "applyAsOrganisation":
                person = {"name": "Erika", "email": "erika@example.org", "password": PASSWORD}
                first = {**self._new("createOffer")}
                input = {"person": person, "organisation": {"name": "Verein"}, "firstOffer": first, "message": "Bitte"}
                return None, {"input": {**input, "acceptedTermsVersion": "1"}}
            case "inviteRepresentative":
                asking = global_id("Member", (await world.organisation("Verein", by=anna)).id)
                return anna, {"input": {"organisationId": asking, "email": "erika@example.org", "name": "Erika"}}
            case "saveSearch":
                account = await world.account(anna)
                search, _made = await SavedSearch.get_or_create({"name": "Hallen"}, account_id=account.id)
                key = global_id("SavedSearch", search.id)
                return anna, {"input": {"id": key, "name": "Hallen", "filter": {"text": "Halle"}}}
            case "acceptTerms":
                return anna, {"version": "2026-11"}
            case "setProfile":
                return anna, {"input": {"hoursPerWeek": 2}}
            case "requestPasswordReset" | "requestSignInLink":
                return None, {"email": "erika@example.org"}
            case "requestEmailChange":
                account = await world.account(anna)
                await Account.filter(id=account.id).update(password_hash=await world.services.passwords.hash(PASSWORD))
                return anna, {"input": {"newEmail": "neu@example.org", "password": PASSWORD}}
            case "createApiKey":
                club = await world.organisation()
                input = {"name": "Kalender", "scopes": ["READ"], "organisationId": global_id("Member", club.id)}
                return self.office, {"input": input}
            case "saveTopic" | "saveDistrict":
                model: type[Topic | District] = Topic if name == "saveTopic" else District
                row, _made = await model.get_or_create({"name": "Einer", "name_key": "einer"}, slug="einer")
                return self.office, {"input": {"id": global_id(model.__name__, row.id), "name": "Einer"}}
            case "createEvent" | "createOffer" | "createGroup" | "createOrganisation":
                return (self.office if name == "createGroup" else anna), {"input": self._new(name)}
            case "updateEvent" | "cancelEvent":
                id = global_id("Event", (await world.event("Fest", anna)).id)
                input = {"id": id, "venue": {"name": "Haus"}}
                return anna, {"input": input} if name == "updateEvent" else {"id": id, "reason": "Regen"}
            case "updateGroup" | "publishGroupPost":
                id = global_id("Group", (await world.group("Gruppe", anna)).id)
                input = {"id": id} if name == "updateGroup" else {"groupId": id, "title": "Neues", "body": "Text"}
                return anna, {"input": input}
            case "updateGroupPost":
                post = await GroupPost.create(group=await world.group("Gruppe", anna), title="Neues", body="Text")
                return anna, {"id": global_id("GroupPost", post.id)}
            case "removeFromGroup":
                group = await world.group("Gruppe", anna)
                membership = await world.membership(group, await world.member("Berta"), MembershipStatus.ACTIVE)
                return anna, {"membershipId": global_id("GroupMembership", membership.id), "reason": "Ruhe"}
            case "updateMember":
                return anna, {"input": {"id": global_id("Member", anna.id)}}
            case "declineMember" | "suspendMember" | "hide":
                status = MemberStatus.APPLIED if name == "declineMember" else MemberStatus.ACTIVE
                member = await world.member("Carla", status)
                return self.office, {"id": global_id("Member", member.id), "reason": "Darum"}
            case "updateOffer":
                offer = await world.offer("Tische", anna)
                return anna, {"input": {"id": global_id("Offer", offer.id), "venue": {"name": "Haus"}}}
            case "report" | "decideReport":
                offer = await world.offer("Tische", anna)
                if name == "report":
                    target = {"targetId": global_id("Offer", offer.id), "reason": "SPAM", "message": "Darum"}
                    return await world.member("Berta"), {"input": target}
                made = await Report.create(reason="SPAM", target_type="Offer", target_key=offer.id)
                return self.office, {"id": global_id("Report", made.id), "uphold": False, "note": "Darum"}
            case "withdrawOffer":
                return anna, {"id": global_id("Offer", (await world.offer("Tische", anna)).id), "reason": "Darum"}
            case "reviewOffer":
                offer = await world.offer("Tische", anna, OfferStatus.IN_REVIEW)
                return self.office, {"id": global_id("Offer", offer.id), "accept": False, "reason": "Darum"}
            case "respondToOffer":
                offer = await world.offer("Tische", await world.member("Berta"))
                return anna, {"input": {"offerId": global_id("Offer", offer.id), "message": "Gern"}}
        raise AssertionError(f"{name} has no example")

    def _new(self, name: str) -> dict[str, Any]:
        place = {"venue": {"name": "Haus"}}
        times = {"startsAt": "2030-01-01T10:00:00Z", "endsAt": "2030-01-01T12:00:00Z"}
        made: dict[str, dict[str, Any]] = {
            "createEvent": {"kind": "MEETING", "title": "Ein Fest", "description": "Text", **times, **place},
            "createOffer": {
                **{"direction": "SEEK", "category": "ROOM", "title": "Ein Raum", "description": "Text"},
                **place,
            },
            "createGroup": {"name": "Gruppe", "purpose": "Zweck"},
            "createOrganisation": {"name": "Verein"},
        }
        return made[name]

    async def ask(self, name: str, path: str, typed: str) -> list[tuple[list[str], str]]:
        """Do the mutation with this text; its user errors. Those that refuse have changed nothing."""
        who, variables = await self.values(name)
        place: Any = variables.get("input", variables)
        prefix = ["input"] if "input" in variables else []
        *parents, last = path.split(".")
        for parent in parents:
            place = place[parent]
        place[last] = typed
        context = await self.world.context(who)
        before = await dump()
        answer = await self.world.ask(document_of(name, MUTATIONS[name]), context, **variables)
        assert not answer.errors, (name, path, ascii(typed), answer.errors)
        assert answer.data is not None
        errors = [(error["path"], error["code"]) for error in answer.data[name]["userErrors"]]
        full = [*prefix, *path.split(".")]
        assert all(error[0] in (full, [*full, "0"]) for error in errors), (name, path, ascii(typed), errors)
        if errors:
            assert await dump() == before
        return errors


async def stage_in(world: World) -> Stage:
    world.without_rates()
    await Topic.create(slug="sport", name="Sport", name_key="sport")
    return Stage(world, await world.member("Anna"), await world.office())


def stored_values(tables: dict[str, list[tuple[Any, ...]]]) -> set[str]:
    """Every value of every row, and of what is kept as JSON for later every text in it."""
    found = {value for rows in tables.values() for row in rows for value in row}
    return found | {text for value in found if value.startswith('{"') for text in texts_in(json.loads(value))}


def texts_in(value: Any) -> Iterator[str]:
    """The texts in a value of JSON."""
    match value:
        case str():
            yield value
        case dict() | list():
            for one in value.values() if isinstance(value, dict) else value:
                yield from texts_in(one)


def expected_of(name: str, path: str, wanted: str) -> str | None:
    """The code that it is refused with; None where it is taken."""
    if wanted == REQUIRED:
        return None if path in OPTIONAL or (name, path) in OPTIONAL_OF else REQUIRED
    return INVALID if wanted == INVALID else None


def odd_for(number: int) -> tuple[tuple[str, str, str], ...]:
    """All of them; on PostgreSQL, where looking at the whole database takes long, every third: others for each path."""
    postgres = require_context().db().capabilities.dialect == "postgres"
    return ODD[number % 3 :: 3] if postgres else ODD


# Mutation by mutation, for the whole database is looked at each time, and each time it holds more.
@pytest.mark.walk(every=4)
@pytest.mark.parametrize("name", [name for name, paths in TEXTS.items() if {LINE, TEXT} & {*paths.values()}])
async def test_each_text_is_stored_as_it_is_seen_or_refused(world: World, name: str) -> None:
    stage = await stage_in(world)
    for number, (path, kind) in enumerate(TEXTS[name].items()):
        for typed, on_one, on_many in odd_for(number) if kind is not OTHER else ():
            wanted = on_one if kind is LINE else on_many
            code = expected_of(name, path, wanted)
            errors = [code for _path, code in await stage.ask(name, path, typed)]
            assert errors == ([code] if code else []), (path, ascii(typed))
            if wanted not in (REQUIRED, INVALID):
                held = stored_values(await dump())
                assert wanted in held, (path, ascii(typed))
                assert typed == wanted or typed not in held, (path, ascii(typed))


# Synonyms are tried by tests/resolvers/test_synonyms.py: what is wrong with one is told by its number.
NOT_STORED = (
    "words",
    "narrower",
    "topics",
    "languages",
    "token",
    "code",
    "verifier",
    "refreshToken",
    "password",
    "newPassword",
    "currentPassword",
)


@pytest.mark.walk(every=4)
@pytest.mark.parametrize("name", [name for name, paths in TEXTS.items() if OTHER in paths.values() if name != "signIn"])
async def test_no_text_of_another_form_is_stored_with_odd_characters(world: World, name: str) -> None:
    stage = await stage_in(world)
    some = [path for path, kind in TEXTS[name].items() if kind is OTHER and path not in NOT_STORED]
    for number, path in enumerate(some):
        for typed, _line, _text in odd_for(number):
            before = stored_values(await dump())
            errors = await stage.ask(name, path, typed)
            new = stored_values(await dump()) - before
            assert errors or typed not in new, (path, ascii(typed))


@pytest.mark.parametrize(("typed", "slug"), [("Björn", "bjoern"), ("Som\u200bmer\u00adfest", "sommerfest")])
async def test_slugs_are_made_of_what_is_seen(world: World, typed: str, slug: str) -> None:
    stage = await stage_in(world)
    for text in (typed, unicodedata.normalize("NFD", typed)):
        assert await stage.ask("createOrganisation", "name", text) == []
    slugs = await Member.filter(name=unicodedata.normalize("NFC", typed.replace("\u200b", "").replace("\u00ad", "")))
    assert [row.slug for row in sorted(slugs, key=lambda row: row.id)] == [slug, f"{slug}-2"]


@pytest.mark.parametrize(
    ("mutation", "path", "longest"), [("createOrganisation", "name", 200), ("createOrganisation", "about", 5000)]
)
async def test_lengths_are_those_of_the_composed_text(world: World, mutation: str, path: str, longest: int) -> None:
    stage = await stage_in(world)
    for letter in ("ä", "a\u0308", "ᾧ", unicodedata.normalize("NFD", "ᾧ")):
        assert await stage.ask(mutation, path, letter * longest) == []
        assert await stage.ask(mutation, path, letter * (longest + 1)) == [(["input", path], "TOO_LONG")]
    assert await stage.ask(mutation, path, "a" * 150_000) == [(["input", path], "TOO_LONG")]
    assert await stage.ask(mutation, path, "a" + "\u0301\u0316" * 40_000) == [(["input", path], "TOO_LONG")]


SEARCH = "query ($t: String!) { search(text: $t) { totalCount } }"
LISTS = """query ($t: String!) {
  offers(filter: { text: $t }) { totalCount }
  events(filter: { text: $t }) { totalCount }
  members(filter: { text: $t }) { totalCount }
  groups(filter: { text: $t }) { totalCount }
}"""


@pytest.mark.parametrize("title", ["Som\u00admerfest", "Sommer\u200bfest", "Sömmerfest", "So\u0308mmerfest"])
async def test_what_is_stored_is_found_however_either_was_typed(world: World, title: str) -> None:
    stage = await stage_in(world)
    for mutation, path in (("createOffer", "title"), ("createEvent", "title"), ("createGroup", "name")):
        assert await stage.ask(mutation, path, title) == []
    assert await stage.ask("createOrganisation", "name", title) == []
    await Offer.all().update(status="PUBLISHED", published_at=now(), expires_at=now() + timedelta(days=90))
    await Event.all().update(status="PUBLISHED")
    await Member.all().update(status=MemberStatus.ACTIVE, joined_at=now())
    for typed in (
        "Sommerfest",
        "sommer\u200bfest",
        "\ufeffSOMMERFEST\u00ad",
        "so\u0308mmerfest",
        "Sommerfest \ud83c\x00",
    ):
        found = await world.data(LISTS, t=typed)
        assert [found[name]["totalCount"] for name in ("offers", "events", "members", "groups")] == [1, 1, 1, 1]
        assert (await world.data(SEARCH, t=typed))["search"]["totalCount"] == 4


@pytest.mark.parametrize(
    ("path", "typed", "column", "stored"),
    [
        ("phone", "05361 281234 App. 12", "phone", None),
        ("phone", "05361 281234", "phone", "+495361281234"),
        ("phone", "\u202a05361\u00a0281234\u202c", "phone", "+495361281234"),
        ("phone", "05361 281234\n05361 281235", "phone", None),
        ("website", "https://user:pw@verein.de", "website", None),
        ("website", "https://.", "website", None),
        ("website", "https://sparkasse.de\\evil", "website", None),
        ("website", "https://verein.example/\u200b", "website", "https://verein.example/"),
        ("website", "https://sp\u0430rkasse.de", "website", "https://xn--sprkasse-26g.de"),
        ("email", "Info@XN--mller-verein-dlb.de", "email", "info@müller-verein.de"),
        ("email", "jürgen@example.org", "email", None),
    ],
)
async def test_addresses_are_stored_as_what_they_are(
    world: World, path: str, typed: str, column: str, stored: str | None
) -> None:
    stage = await stage_in(world)
    for name in ("createOrganisation", "updateMember"):
        errors = await stage.ask(name, path, typed)
        assert errors == ([] if stored else [(["input", path], INVALID)])
        member = await Member.all().order_by("-updated_at", "-id").first()
        assert member is not None
        assert getattr(member, column) == stored


async def test_an_event_on_the_web_is_at_a_public_address(world: World) -> None:
    stage = await stage_in(world)
    for name in ("createEvent", "updateEvent"):
        assert await stage.ask(name, "onlineUrl", "https://localhost/x") == [(["input", "onlineUrl"], INVALID)]
        assert await stage.ask(name, "onlineUrl", "https://treffen.example/x") == []


# ---------------------------------------------------------------- who signs in


SIGN_UP = "mutation ($i: SignUpInput!) { it: signUp(input: $i) { userErrors { path code message } } }"
SIGN_IN = "mutation ($i: SignInInput!) { it: signIn(input: $i) { accessToken userErrors { path code } } }"
SPELLINGS = ("info@müller-verein.de", "INFO@xn--mller-verein-dlb.de", "info@mu\u0308ller-verein.de")


async def office_account(email: str, password_hash: str) -> None:
    await Account.create(email=email, password_hash=password_hash, role=NetworkRole.OFFICE)


async def codes(world: World, document: str, values: dict[str, str]) -> Sequence[str]:
    return [error["code"] for error in (await world.data(document, i=values))["it"]["userErrors"]]


async def test_all_spellings_of_an_address_are_one_account(world: World) -> None:
    for spelling in SPELLINGS:
        assert await codes(world, SIGN_UP, {"name": "Erika", "email": spelling, "password": PASSWORD}) == []
    waiting = await SignUp.all()
    assert {row.email for row in waiting} == {"info@müller-verein.de"}
    await office_account(waiting[0].email, waiting[0].password_hash)
    for spelling in SPELLINGS:
        assert await codes(world, SIGN_IN, {"email": spelling, "password": PASSWORD}) == []


async def test_an_address_that_cannot_be_delivered_to_is_told_and_old_accounts_of_such_still_sign_in(
    world: World,
) -> None:
    values = {"name": "Jürgen", "email": "jürgen@example.org", "password": PASSWORD}
    (error,) = (await world.data(SIGN_UP, i=values))["it"]["userErrors"]
    assert error["path"] == ["input", "email"]
    assert error["code"] == INVALID
    assert "umlauts" in error["message"]
    assert await SignUp.all().count() == 0
    hashed = await world.services.passwords.hash(PASSWORD)
    await office_account("jürgen@example.org", hashed)
    assert await codes(world, SIGN_IN, {"email": "Jürgen@example.org", "password": PASSWORD}) == []


async def test_a_password_is_the_same_however_a_keyboard_composes_it(world: World) -> None:
    composed = "Grüße aus Österreich " + "ü" * 179
    decomposed = unicodedata.normalize("NFD", composed)
    for spelling in (composed, decomposed):
        assert await codes(world, SIGN_UP, {"name": "E", "email": "e@example.org", "password": spelling}) == []
    for number, row in enumerate(await SignUp.all()):
        await office_account(f"e{number}@example.org", row.password_hash)
        for spelling in (composed, decomposed):
            assert await codes(world, SIGN_IN, {"email": f"e{number}@example.org", "password": spelling}) == []


async def test_a_password_that_was_hashed_as_it_was_typed_still_opens_its_account(world: World) -> None:
    typed = unicodedata.normalize("NFD", "Grüße aus Österreich")
    hasher = world.services.passwords._hash
    await office_account("alt@example.org", hasher.hash(typed))
    assert await codes(world, SIGN_IN, {"email": "alt@example.org", "password": typed}) == []
    for email in ("alt@example.org", "niemand@example.org"):
        hashed = world.services.passwords.hashed
        wrong = unicodedata.normalize("NFD", "Grüße aus Östereich")
        assert await codes(world, SIGN_IN, {"email": email, "password": wrong}) == ["INVALID_CREDENTIALS"]
        assert world.services.passwords.hashed - hashed == 2, "as many for any account, and for none"


@pytest.mark.walk
@pytest.mark.parametrize("odd", [chr(0xD83C), "\ufffd", "\u0301" * 40])
async def test_a_broken_password_is_refused(world: World, odd: str) -> None:
    values = {"name": "Erika", "email": "erika@example.org", "password": PASSWORD + odd}
    assert await codes(world, SIGN_UP, values) == [INVALID]
    assert await codes(world, SIGN_IN, {"email": "erika@example.org", "password": odd}) == ["INVALID_CREDENTIALS"]
