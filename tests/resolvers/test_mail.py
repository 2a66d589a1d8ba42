"""Mail is written with what it tells of, delivered once by whoever takes it first, and never lost."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from models import Mail, MemberStatus, Representation, now
from resolvers.context import Rules, system_context
from resolvers.mail.queue import addresses_of, mail, post, send_due
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes
from tests.statements import statements
from tests.world import World


class Letterbox:
    """Where mails arrive, unless it is locked."""

    def __init__(self) -> None:
        self.arrived: list[int] = []
        self.locked = False

    async def deliver(self, one: Mail) -> None:
        await asyncio.sleep(0)
        if self.locked:
            raise OSError(f"550 <{one.recipient.upper()}>: the letterbox is locked")
        self.arrived.append(one.id)


async def test_a_subject_is_one_line_and_fits() -> None:
    one = mail("a@example.org", "Termin\r\nBcc: b@example.org " + "x" * 400, "\nGuten Tag\n\n")
    assert one.subject.startswith("Termin Bcc: b@example.org xxx")
    assert len(one.subject) == 300
    assert one.body == "Guten Tag\n"


async def test_mail_of_a_transaction_that_fails_is_not_sent(world: World) -> None:
    async def work(changes: Changes) -> None:
        await post(Rules(), mail("a@example.org", "Hallo", "Text"))
        changes.tell(MemberChanged(1))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await world.services.outbox.write(work)
    assert await Mail.all().count() == 0
    assert await world.told() == []


async def test_due_mail_is_delivered_once_although_three_send_at_the_same_time(world: World) -> None:
    for number in range(5):
        await post(Rules(), mail(f"a{number}@example.org", "Hallo", "Text"))
    await Mail.create(recipient="later@example.org", subject="s", body="b", due_at=now() + timedelta(hours=1))
    box, ctx = Letterbox(), system_context(world.services)
    counts = await asyncio.gather(*(send_due(ctx, box.deliver) for _ in range(3)))
    assert sum(counts) == 5
    assert len(box.arrived) == len(set(box.arrived)) == 5
    assert await send_due(ctx, box.deliver) == 0
    assert [one.recipient for one in await Mail.filter(sent_at__isnull=True)] == ["later@example.org"]


async def test_a_mail_that_fails_comes_up_again_with_growing_delays_and_does_not_hold_up_others(world: World) -> None:
    await post(Rules(), mail("a@example.org", "Hallo", "Text"))
    box, ctx = Letterbox(), system_context(world.services)
    box.locked = True
    delays = []
    for attempt in range(12):
        before = now()
        with capture_logs() as logged:
            assert await send_due(ctx, box.deliver) == 0
        assert [entry["error"] for entry in logged] == ["OSError('550 <the recipient>: the letterbox is locked')"]
        one = await Mail.get()
        assert (one.attempts, one.sent_at) == (attempt + 1, None)
        delays.append(one.due_at - before)
        assert await send_due(ctx, box.deliver) == 0, "it isn't due yet"
        assert (await Mail.get()).attempts == attempt + 1
        await Mail.all().update(due_at=now())
    assert all(later > earlier for earlier, later in pairwise(delays[:8]))
    assert delays[-1] < timedelta(hours=7)
    box.locked = False
    await post(Rules(), mail("b@example.org", "Hallo", "Text"))
    assert await send_due(ctx, box.deliver) == 2


async def test_mail_about_an_organisation_goes_to_its_active_representatives(world: World) -> None:
    anna, ben = await world.member("Anna"), await world.member("Ben", MemberStatus.SUSPENDED)
    club = await world.organisation("Verein", by=anna)
    await Representation.create(organisation=club, person=ben)
    alone = await world.organisation("Ohne")
    account, other = await world.account(anna), await world.account(ben)
    with statements() as sent:
        found = await addresses_of([club.id, ben.id, alone.id])
    assert found == {club.id: [account.email], ben.id: [other.email]}
    assert len(sent) == 2
    assert await addresses_of([]) == {}


# ---------------------------------------------------------------- how many one recipient gets


async def posted(world: World, *recipients: str) -> list[str]:
    """To whom mails go, of those that are posted together."""
    before = await Mail.all().count()

    async def work(_changes: Changes) -> None:
        await post(Rules(mails_a_day=3), *(mail(one, "Neues", "Text") for one in recipients))

    await world.services.outbox.write(work)
    return [one.recipient for one in await Mail.all().order_by("id").offset(before)]


async def test_one_recipient_gets_so_many_a_day_and_the_last_says_so(world: World) -> None:
    a, b = "a@example.org", "b@example.org"
    with capture_logs() as logs:
        assert await posted(world, a, b, a) == [a, b, a]
        assert await posted(world, a, a, b) == [a, b]
        assert await posted(world, a) == []
    bodies = [one.body for one in await Mail.filter(recipient=a).order_by("id")]
    assert ["Weitere werden vorerst nicht verschickt" in body for body in bodies] == [False, False, True]
    assert "Weitere" not in "".join([one.body for one in await Mail.filter(recipient=b)])
    assert [line["dropped"] for line in logs if line["event"] == "too many mails to one recipient"] == [1, 1]
    assert "example.org" not in str(logs)
    await Mail.filter(recipient=a).update(created_at=now() - timedelta(hours=25))
    assert await posted(world, a) == [a]


async def test_it_is_one_statement_more_however_many_get_mail(world: World) -> None:
    with statements() as sent:
        await posted(world, *(f"{number}@example.org" for number in range(40)))
    assert sum("mail" in one for one in sent) == 4
