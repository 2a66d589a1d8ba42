"""The network's terms: shown, accepted at sign-up or later, asked for again when they change."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models import Account, Mail, Member, SignUp
from resolvers.context import Rules
from resolvers.terms import Terms, TermsFileError, read_terms
from tests.dump import dump
from tests.world import World

SIGN_UP = "mutation ($i: SignUpInput!) { it: signUp(input: $i) { userErrors { path code } } }"
CONFIRM = "mutation ($t: String!) { it: confirmEmail(token: $t) { userErrors { code } } }"
ACCEPT = """mutation ($v: String!) {
  it: acceptTerms(version: $v) { viewer { termsToAccept { version } } userErrors { path code } }
}"""
SHOWN = "{ network { terms { version url text } } viewer { termsToAccept { version text } } }"
TERMS = Terms("2026-11", "Seid nett.\n\nImmer.", "https://netz.example.org/regeln")


def with_terms(world: World, terms: Terms | None, *, required: bool = False) -> None:
    """From now on the network has these."""
    world.services = replace(world.services, rules=Rules(terms=terms, terms_required=required))


async def signed_up(world: World, **fields: Any) -> Any:
    """What the sign-up says to whoever tries."""
    given = {"name": "Erika", "email": "erika@example.org", "password": "ein gutes Passwort", **fields}
    return (await world.data(SIGN_UP, i=given))["it"]["userErrors"]


async def confirmed(world: World) -> tuple[Account, Member]:
    """The account that the newest mail makes, and its member."""
    mail = await Mail.all().order_by("-id").first()
    assert mail is not None
    (token,) = set(re.findall(r"confirm\?token=(\S+)", mail.body))
    assert (await world.data(CONFIRM, t=token))["it"] == {"userErrors": []}
    account = await Account.get().select_related("member")
    assert account.member is not None
    return account, account.member


async def test_what_is_accepted_at_sign_up_is_kept_with_its_time_and_asked_for_again_when_it_changes(
    world: World,
) -> None:
    with_terms(world, TERMS, required=True)
    assert await signed_up(world, acceptedTermsVersion="2026-11") == []
    at = (await SignUp.get()).created_at
    account, member = await confirmed(world)
    assert (account.accepted_terms_version, account.accepted_terms_at) == ("2026-11", at)
    shown = {"version": TERMS.version, "url": TERMS.url, "text": TERMS.text}
    assert await world.data(SHOWN, member) == {"network": {"terms": shown}, "viewer": {"termsToAccept": None}}
    with_terms(world, replace(TERMS, version="2027-01"))
    asked = (await world.data(SHOWN, member))["viewer"]["termsToAccept"]
    assert asked == {"version": "2027-01", "text": TERMS.text}
    asking = await world.context(member)
    before = await dump()
    errors = [{"path": ["version"], "code": "CONFLICT"}]
    assert (await world.data(ACCEPT, asking, v="2026-11"))["it"] == {"viewer": None, "userErrors": errors}
    assert await dump() == before
    done = (await world.data(ACCEPT, member, v="2027-01"))["it"]
    assert done == {"viewer": {"termsToAccept": None}, "userErrors": []}
    account = await Account.get()
    assert (account.accepted_terms_version, account.accepted_terms_at > at) == ("2027-01", True)


@pytest.mark.walk(every=1)
@pytest.mark.parametrize(
    ("given", "code"),
    [({}, "REQUIRED"), ({"acceptedTermsVersion": " "}, "REQUIRED"), ({"acceptedTermsVersion": "2025-01"}, "CONFLICT")],
)
async def test_a_sign_up_without_them_is_refused_only_where_the_network_insists(
    world: World, given: dict[str, Any], code: str
) -> None:
    with_terms(world, TERMS, required=True)
    before = await dump()
    assert await signed_up(world, **given) == [{"path": ["input", "acceptedTermsVersion"], "code": code}]
    assert await dump() == before
    with_terms(world, TERMS)
    assert await signed_up(world, **given) == []
    account, member = await confirmed(world)
    assert (account.accepted_terms_version, account.accepted_terms_at) == (None, None)
    assert (await world.data(SHOWN, member))["viewer"]["termsToAccept"]["version"] == "2026-11"


async def test_a_network_without_terms_shows_none_and_nobody_accepts_any(world: World) -> None:
    member = await world.member("Erika")
    assert await world.data(SHOWN, member) == {"network": {"terms": None}, "viewer": {"termsToAccept": None}}
    answer = (await world.data(ACCEPT, member, v="1"))["it"]
    assert answer["userErrors"] == [{"path": ["version"], "code": "NOT_FOUND"}]


def test_the_file_that_comes_along_holds_terms() -> None:
    terms = read_terms(Path(__file__).parents[3] / "town" / "terms.toml")
    assert terms.version == "2026-11"
    assert "\n\n" in terms.text


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('version = "1"', "text is missing"),
        ('version = "1"\ntext = " "', "text is missing"),
        (f'version = "{"1" * 41}"\ntext = "a"', "version has more than 40"),
        ('version = 1\ntext = "a"', "version must be a text"),
        ('version = "1"\ntext = "a"\nurl = "javascript:alert(1)"', "url is no address"),
        ('version = "1"\ntext = "a"\nlanguage = "de"', "language is unknown"),
        ("version", "is no TOML"),
        ("#" * 500_001, "has more than 500000 bytes"),
    ],
)
def test_a_file_that_holds_none_says_why(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / "terms.toml"
    path.write_text(content)
    with pytest.raises(TermsFileError, match=re.escape(why)):
        read_terms(path)
