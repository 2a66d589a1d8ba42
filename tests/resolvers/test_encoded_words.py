"""What is written as headers of mails are is refused in names and titles, and nothing is written."""

import pytest

from models import Group
from resolvers.inputs.validation import Check
from resolvers.user_errors import UserErrors
from tests.resolvers.groups.asking import refused
from tests.world import World

EVIL = "=?utf-8?q?AA=0d=0aReply-To:_evil@x.de?="


@pytest.mark.parametrize("name", [EVIL, EVIL.upper(), f"AG {EVIL} Neu", "=?x?B?eA==?=", "=??q??=", "=?a b?q?c d?="])
def test_a_name_holds_no_encoded_word(name: str) -> None:
    check = Check("input")
    assert check.line("name", {"name": name}, longest=200) is None
    with pytest.raises(UserErrors) as caught:
        check.done()
    assert [(error.path, error.code) for error in caught.value.errors] == [(("input", "name"), "INVALID")]


@pytest.mark.parametrize("name", ["Wer =? Was ?=", "a=?b?c?d?=", "Was?=ja", "=?utf-8?x?y?="])
def test_what_only_looks_a_little_like_one_is_text(name: str) -> None:
    assert Check().line("name", {"name": name}, longest=200) == name


def test_an_address_of_the_web_may_look_like_anything() -> None:
    address = "https://www.example.org/?a=?b?q?c?="
    assert Check().url("website", {"website": address}) == address


async def test_a_group_is_not_founded_under_such_a_name(world: World) -> None:
    erika = await world.member("Erika")
    errors = await refused(world, "createGroup", erika, input={"name": EVIL, "purpose": "Bekannt werden"})
    assert errors == [["input.name", "INVALID"]]
    assert await Group.all().count() == 0
