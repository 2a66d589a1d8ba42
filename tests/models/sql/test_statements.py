"""SQL written out: what it reads and stores is what Tortoise would read and store."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from models import Audience, Member, MemberKind, MemberStatus, Offer, OfferCategory, OfferTopic, Topic
from models.sql.slugs import free_slug, insert_with_slug
from models.sql.statements import Statement, insert, insert_unless_taken, new_row
from tests.statements import statements
from tests.world import World

_BY_NAME = Statement("SELECT {m}, {json_pair}(m.id, m.version) AS both FROM member AS m WHERE m.name = ?", m=Member)


def unsaved(slug: str) -> Member:
    """A member with something in columns of every kind."""
    return Member(
        slug=slug,
        kind=MemberKind.PERSON,
        status=MemberStatus.ACTIVE,
        name="Jörg?",
        name_key="jorg",
        email_audience=Audience.MEMBERS,
        joined_at=datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2))),
    )


async def test_what_is_stored_and_read_is_what_tortoise_reads(world: World) -> None:
    member = unsaved("joerg")
    assert await insert_unless_taken(member, "slug", ["joerg"])
    (row,) = await _BY_NAME.rows("Jörg?")
    read, known = _BY_NAME.read("m", row), await Member.get(id=member.id)
    for name in Member._meta.db_fields:
        assert getattr(read, name) == getattr(known, name)
    assert (read.kind, read.joined_at) == (MemberKind.PERSON, datetime(2026, 5, 1, 10, tzinfo=UTC))
    read.about = "Neu"
    await read.save()
    assert (await Member.get(id=member.id)).about == "Neu"
    assert row["both"].replace(" ", "") == f"[{member.id},1]"
    assert await _BY_NAME.row("niemand") is None


async def test_a_new_row_is_what_the_model_makes(world: World) -> None:
    columns: dict[str, Any] = {"title": "Raum", "category": OfferCategory.ROOM, "languages": ["de"], "owner_id": 1}
    row, known = new_row(Offer, **columns), Offer(**columns)
    for name in Offer._meta.db_fields - {"newest_at", "created_at", "updated_at"}:
        assert getattr(row, name, None) == getattr(known, name), name
    assert row.created_at.utcoffset() == timedelta(0)
    assert new_row(Offer, **columns | {"languages": []}).languages is not new_row(Offer, title="R").languages
    assert row._saved_in_db is False


async def test_what_is_taken_is_not_stored(world: World) -> None:
    other = await world.member("Erika")
    assert not await insert_unless_taken(unsaved(other.slug), "slug", [other.slug, other.slug])
    assert await Member.all().count() == 1
    wrong = unsaved("joerg")
    wrong.joined_at = None
    with pytest.raises(IntegrityError):
        await insert_unless_taken(wrong, "slug", ["joerg"])
    right = unsaved("")
    assert await insert_unless_taken(right, "slug", [other.slug, "joerg", "georg"])
    assert (right.slug, (await Member.get(id=right.id)).slug) == ("joerg", "joerg")


async def test_many_rows_are_stored_in_their_order(world: World) -> None:
    offer = await world.offer()
    topics = [await Topic.create(slug=f"t{number}", name="T", name_key="t") for number in range(120)]
    await insert(OfferTopic, ("offer_id", "topic_id", "position"), [(offer.id, one.id, 0) for one in reversed(topics)])
    await insert(OfferTopic, ("offer_id", "topic_id", "position"), [])
    stored = await OfferTopic.filter(offer=offer).order_by("id")
    assert [link.topic_id for link in stored] == [topic.id for topic in reversed(topics)]


async def test_many_at_once_get_different_slugs(world: World) -> None:
    async def one() -> str:
        member = unsaved("")
        await world.services.outbox.write(lambda _changes: insert_with_slug(member, "Jörg"))
        return member.slug

    slugs = await asyncio.gather(*(one() for _number in range(25)))
    assert sorted(slugs) == sorted(["joerg", *(f"joerg-{number}" for number in range(2, 26))])


async def test_a_text_that_many_have_had_takes_one_statement_again(world: World) -> None:
    """Also where another process stored some between, or what was stored was taken back."""
    slugs = []

    async def one() -> None:
        member = unsaved("")
        with statements() as sent:
            await insert_with_slug(member, "Jörg")
        slugs.append(member.slug)
        assert len(sent) == 1

    for _number in range(8):
        await one()
    assert await insert_unless_taken(unsaved(""), "slug", ["joerg-9"])
    await one()
    await Member.filter(slug__in=["joerg", "joerg-10"]).delete()
    await one()
    assert slugs == ["joerg", *(f"joerg-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 11))]


async def test_a_slug_is_free_however_many_are_taken(world: World) -> None:
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    columns = {"direction": "SEEK", "category": "ROOM", "title": "Raum", "description": "Raum", "newest_at": instant}

    async def take(*slugs: str) -> None:
        await Offer.bulk_create([Offer(slug=slug, **columns) for slug in slugs])

    await take(*(f"raum-{number}" for number in range(2, 320) if number != 300))
    assert await free_slug(Offer, "Raum") == "raum"
    await take("raum")
    assert await free_slug(Offer, "Raum") in ("raum-300", "raum-320")
    await take("raum-300")
    assert await free_slug(Offer, "Raum") == "raum-320"
