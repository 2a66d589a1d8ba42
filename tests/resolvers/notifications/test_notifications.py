"""Who switches mails of a kind off gets none of them, and all others; each says where that is done."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from models import Mail, Member, NotificationKind, OfferResponse, ResponseStatus, now
from resolvers.events.mails import tell_of_a_seat, tell_of_cancellation
from resolvers.groups.mails import tell_of_acceptance, tell_of_invitation, tell_of_request
from resolvers.mail.queue import mail, post, send_due
from resolvers.offers.mails import about_decision, about_new_response
from resolvers.site import Site
from tests.dump import dump
from tests.world import World
from web.process.mail_delivery import written

SETTINGS = "{ viewer { notificationSettings { kind mail } } }"
SET = """mutation($s: [NotificationSettingInput!]!) { it: setNotifications(settings: $s) {
  viewer { notificationSettings { kind mail } } userErrors { path code } } }"""


async def settings(world: World, by: Any) -> dict[str, str]:
    """By kind when the asker gets mails of it."""
    found = (await world.data(SETTINGS, by))["viewer"]["notificationSettings"]
    return {one["kind"]: one["mail"] for one in found}


async def set_all(world: World, by: Any, *pairs: tuple[str, str]) -> dict[str, Any]:
    given = [{"kind": kind, "mail": when} for kind, when in pairs]
    return dict((await world.data(SET, by, s=given))["it"])


async def response(world: World, owner: Member, sender: Member) -> OfferResponse:
    offer = await world.offer("Tisch", owner)
    return await OfferResponse.create(offer=offer, member=sender, message="Gern.", status=ResponseStatus.ACCEPTED)


async def received(world: World, who: Member, other: Member) -> None:
    found = await response(world, who, other)
    await post(world.services.rules, *await about_new_response(world.services.rules, found.offer, other, found))


async def decided(world: World, who: Member, other: Member) -> None:
    await post(world.services.rules, *await about_decision(world.services.rules, await response(world, other, who)))


async def seat(world: World, who: Member, _other: Member) -> None:
    await tell_of_a_seat(world.services.rules, await world.event(), [who.id])


async def cancelled(world: World, who: Member, _other: Member) -> None:
    await tell_of_cancellation(world.services.rules, await world.event(status_reason="Regen"), [who.id])


async def invited(world: World, who: Member, other: Member) -> None:
    await tell_of_invitation(await world.context(other), await world.group(), who.id)


async def asked(world: World, who: Member, other: Member) -> None:
    await tell_of_request(await world.context(other), await world.group("AG Fest", who), other)


CAUSES: list[tuple[NotificationKind, Callable[[World, Member, Member], Awaitable[None]]]] = [
    (NotificationKind.RESPONSE_RECEIVED, received),
    (NotificationKind.RESPONSE_DECIDED, decided),
    (NotificationKind.SEAT_FREED, seat),
    (NotificationKind.EVENT_CANCELLED, cancelled),
    (NotificationKind.GROUP_REQUEST, invited),
    (NotificationKind.GROUP_REQUEST, asked),
]


async def test_the_account_says_which_it_wants_and_of_the_others_that_stays(world: World) -> None:
    anna = await world.member("Anna")
    all_on = {kind.value: "INSTANT" for kind in NotificationKind}
    assert await settings(world, anna) == all_on
    off = await set_all(world, anna, ("GROUP_REQUEST", "NONE"), ("SEAT_FREED", "INSTANT"), ("SEAT_FREED", "NONE"))
    assert off["userErrors"] == []
    expected = all_on | {"GROUP_REQUEST": "NONE", "SEAT_FREED": "NONE"}
    shown = {one["kind"]: one["mail"] for one in off["viewer"]["notificationSettings"]}
    assert shown == await settings(world, anna) == expected
    await set_all(world, anna, ("GROUP_REQUEST", "INSTANT"))
    assert await settings(world, anna) == all_on | {"SEAT_FREED": "NONE"}
    ctx = await world.context(anna)
    before = await dump()
    many = await set_all(world, ctx, *[("SEAT_FREED", "INSTANT")] * 51)
    assert many == {"viewer": None, "userErrors": [{"path": ["settings"], "code": "TOO_LONG"}]}
    assert await dump() == before
    assert await settings(world, await world.key(await world.organisation())) == {}


@pytest.mark.walk
async def test_each_kind_is_switched_off_by_itself_and_for_oneself(world: World) -> None:
    assert {kind for kind, _cause in CAUSES} == set(NotificationKind)
    anna, berta = await world.member("Anna"), await world.member("Berta")
    own = (await world.account(anna)).email
    await world.account(berta)
    for kind, cause in CAUSES:
        await set_all(world, anna, *((one.value, "INSTANT") for one in NotificationKind))
        await set_all(world, berta, *((one.value, "NONE") for one in NotificationKind))
        await cause(world, anna, berta)
        assert [one.kind for one in await Mail.filter(recipient=own)] == [kind], cause.__name__
        await Mail.all().delete()
        await set_all(world, anna, (kind.value, "NONE"))
        await cause(world, anna, berta)
        assert not await Mail.exists(), cause.__name__
        # What is decided about oneself comes in any case.
        await tell_of_acceptance(await world.context(berta), await world.group(), anna.id)
        assert await Mail.filter(recipient=own, kind__isnull=True).count() == 1
        await Mail.all().delete()


async def sent(world: World, public_url: str, site: Site, *mails: Mail) -> list[EmailMessage]:
    """What arrives, as a mail program reads it."""
    await Mail.all().delete()
    await Mail.bulk_create(mails)
    rules = replace(world.services.rules, public_url=public_url, site=site)
    world.services = replace(world.services, rules=rules)
    found: list[EmailMessage] = []

    async def deliver(one: Mail) -> None:
        read = message_from_bytes(written(one, "Netz <netz@example.org>"), policy=policy.default)
        assert isinstance(read, EmailMessage)
        assert not read.defects
        found.append(read)

    assert await send_due(await world.context(), deliver) == len(mails)
    assert await Mail.filter(sent_at__lte=now()).count() == len(mails)
    return found


@pytest.mark.parametrize("site", [None, "https://engagement.example/mails/{token}"], ids=["no page", "a page"])
async def test_a_mail_program_finds_where_to_unsubscribe_and_of_what_is_necessary_nowhere(
    world: World, site: str | None
) -> None:
    anna = await world.account(await world.member("Anna"))
    kind = NotificationKind.SEAT_FREED
    mails = [
        mail(anna.email, "Platz", "Guten Tag", kind),
        mail(anna.email, "Passwort", "Guten Tag"),
        mail("nobody@example.org", "Platz", "Guten Tag", kind),
    ]
    found = await sent(world, "https://api.example.org", Site(unsubscribe=site), *mails)
    (with_one,) = [one for one in found if one["List-Unsubscribe"]]
    assert (with_one["To"], with_one["Subject"]) == (anna.email, "Platz")
    assert with_one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (address,) = re.findall(r"^<(https://api\.example\.org/unsubscribe\?token=[\w-]+)>$", with_one["List-Unsubscribe"])
    token = address.partition("=")[2]
    assert world.services.tokens.read_unsubscribing(token) == (anna.id, kind)
    page = f"https://engagement.example/mails/{token}" if site else address
    body = with_one.get_content().replace("\r\n", "\n")
    assert body == f"Guten Tag\n\n-- \nKeine Mails dieser Art mehr / No more mails of this kind:\n\n{page}\n"
    for one in found:
        if one is not with_one:
            assert "List-Unsubscribe-Post" not in one
            assert "unsubscribe" not in one.as_string()
    # Nothing of it is stored, and without TLS there is no click that would be refused.
    assert token not in str(await dump())
    (plain,) = await sent(world, "http://127.0.0.1:8000", Site(), mail(anna.email, "Platz", "Guten Tag", kind))
    assert plain["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/unsubscribe?token=")
    assert "List-Unsubscribe-Post" not in plain
