"""What accounts are told by mail, read as a mail program reads it: each in both languages."""

import inspect
import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from models import Mail
from resolvers.accounts import mails
from resolvers.context import Rules
from resolvers.mail.codes import new_token
from resolvers.site import Site
from resolvers.translation import LANGUAGES
from web.process.mail_delivery import written

# In German the greeting's sentence goes on behind its comma, in English another one begins.
OPENINGS = {"de": re.compile(r"Guten Tag,\n\n[a-zäöü„]"), "en": re.compile(r"Hello,\n\n[A-Z“]")}
FUNCTIONS = {
    name: function
    for name, function in inspect.getmembers(mails, inspect.isfunction)
    if function.__module__ == mails.__name__ and not name.startswith("_")
}
# What is done by each link, in the address of the server's own page; signing in has none.
LINKS = {"confirmation": "/confirm", "new_address": "/confirm", "reset": "/reset"}
WITH_CODE = {*LINKS, "sign_in_link"}
RULES = Rules(public_url="https://api.example.org", network_name="Engagement-Netzwerk Überall")
SITE = Site(
    home="https://engagement.example",
    confirm="https://engagement.example/bestaetigen/{token}",
    reset="https://engagement.example/?passwort={token}",
    sign_in="https://engagement.example/anmelden#{token}",
)


def made(name: str, language: str, token: str, rules: Rules = RULES) -> Mail:
    has_token = len(inspect.signature(FUNCTIONS[name]).parameters) == 4
    one: Mail = FUNCTIONS[name](rules, "erika@müller-verein.de", language, *([token] if has_token else []))
    one.id = 7
    return one


def read(one: Mail) -> EmailMessage:
    found = message_from_bytes(written(one, "Netz <netz@example.org>"), policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_mail_program_shows_it_as_it_was_written_with_its_links_whole(name: str, language: str) -> None:
    token = new_token()
    one = made(name, language, token)
    found = read(one)
    assert (found["To"], found["Subject"]) == ("erika@xn--mller-verein-dlb.de", one.subject)
    assert "Engagement-Netzwerk Überall" in found["Subject"]
    body = found.get_content().replace("\r\n", "\n")
    assert body == one.body
    assert OPENINGS[language].match(body)
    assert not re.search(r"[{}]", found["Subject"] + body)
    assert max(map(len, written(one, "Netz <netz@example.org>").splitlines())) <= 78
    lines = body.split("\n")
    links = [line for line in lines if "://" in line]
    assert links == [
        *([f"https://api.example.org{LINKS[name]}?token={token}"] if name in LINKS else []),
        RULES.public_url,
    ]
    assert (token in lines) == (token in body) == (name in WITH_CODE)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_languages_share_no_paragraph_but_links_codes_and_the_name(name: str) -> None:
    token = new_token()
    german, english = ({*made(name, language, token).body.split("\n\n")} for language in LANGUAGES)
    assert len(german) == len(english)
    same = {one.strip() for one in german & english if "://" not in one and one != token}
    assert same <= {RULES.network_name}
    assert made(name, "de", token).subject != made(name, "en", token).subject


def test_where_the_network_has_a_website_the_links_lead_there() -> None:
    rules = Rules(public_url="https://api.example.org", site=SITE)
    found = {name: [one for one in made(name, "de", "t", rules).body.split("\n") if "://" in one] for name in FUNCTIONS}
    expected = {
        "confirmation": "https://engagement.example/bestaetigen/t",
        "new_address": "https://engagement.example/bestaetigen/t",
        "reset": "https://engagement.example/?passwort=t",
        "sign_in_link": "https://engagement.example/anmelden#t",
    }
    home = "https://engagement.example"
    assert found == {name: [expected[name], home] if name in expected else [home] for name in FUNCTIONS}


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "eine Stunde"), (2, "2 Stunden"), (24, "einen Tag"), (25, "25 Stunden"), (48, "2 Tage"), (0.1, "6 Minuten")],
)
def test_how_long_a_link_works_is_said_as_people_say_it(hours: float, said: str) -> None:
    rules = Rules(sign_up_lifetime=timedelta(hours=hours))
    assert f"gelten {said}." in mails.confirmation(rules, "a@example.org", "de", "t").body
