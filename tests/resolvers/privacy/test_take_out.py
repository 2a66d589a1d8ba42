"""All that is stored about a person, and nothing else, as a ZIP by a secret address that expires."""

import asyncio
import csv
import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from auth.refusals import NotFound
from models import DataExport, Erasure, GroupPost, Mail, now
from models.privacy.personal_data import PERSONAL
from resolvers.context import system_context
from resolvers.privacy import take_out
from resolvers.privacy.exports import expire_exports, prepare_exports
from resolvers.privacy.rows import owner_of, rows_of
from tests.dump import dump
from tests.resolvers.privacy.test_erasure import EMAIL, PHONE, Scene, gid
from tests.world import World
from web.http.downloads import Contents, download_routes

ASK = "mutation { it: requestDataExport { dataExport { id status url expiresAt } userErrors { code } } }"
LIST = "{ viewer { dataExports { id status url expiresAt } } }"
NODE = "query($id: ID!) { node(id: $id) { id } }"


async def fetch(world: World, address: str) -> httpx.Response:
    """What a browser gets at the address."""
    app = Starlette(routes=download_routes(world.services, 5, lambda served, _refuse: served))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        return await client.get(address)


async def test_it_is_prepared_told_fetched_and_over(world: World) -> None:
    scene = await Scene.made(world)
    await DataExport.all().delete()
    asked = (await world.data(ASK, scene.account))["it"]
    assert asked["userErrors"] == []
    assert (asked["dataExport"]["status"], asked["dataExport"]["url"]) == ("PREPARING", None)
    before = await dump()
    again = await world.ask(ASK, await world.context(scene.account))
    assert again.data == {"it": {"dataExport": None, "userErrors": [{"code": "WRONG_STATE"}]}}
    assert (await dump())["data_export"] == before["data_export"]

    await Mail.all().delete()
    assert await prepare_exports(system_context(world.services)) == 1
    assert await prepare_exports(system_context(world.services)) == 0
    (shown,) = (await world.data(LIST, scene.account))["viewer"]["dataExports"]
    assert shown["status"] == "READY"
    assert shown["url"] in (await Mail.get(recipient=EMAIL)).body
    found = await fetch(world, shown["url"])
    assert (found.status_code, found.headers["content-type"]) == (200, "application/zip")
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-disposition"].startswith("attachment;")
    assert zipfile.ZipFile(io.BytesIO(found.content)).testzip() is None
    # Nobody else is shown it, nor guesses its address.
    assert (await world.data(NODE, scene.friend, id=shown["id"]))["node"] is None
    assert (await world.data(LIST, scene.friend))["viewer"]["dataExports"] == []
    for wrong in (shown["url"].replace("/exports/", "/exports/A"), "http://test/exports/x.zip"):
        assert (await fetch(world, wrong)).status_code == 404

    await DataExport.all().update(expires_at=now() - timedelta(minutes=1))
    assert (await fetch(world, shown["url"])).status_code == 404
    assert await expire_exports(system_context(world.services)) == 1
    (over,) = (await world.data(LIST, scene.account))["viewer"]["dataExports"]
    assert (over["status"], over["url"]) == ("EXPIRED", None)
    assert (await DataExport.get()).content is None
    assert (await world.data(ASK, scene.account))["it"]["userErrors"] == []
    await DataExport.all().update(status="EXPIRED")
    assert (await world.data(ASK, scene.account))["it"]["userErrors"] == [{"code": "LIMIT_REACHED"}]
    await DataExport.all().update(expires_at=now() - timedelta(days=2))
    await expire_exports(system_context(world.services))
    assert not await DataExport.exists()


async def test_it_holds_whatever_is_declared_and_nothing_of_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_out, "_AT_ONCE", 1)  # as where there are thousands
    scene = await Scene.made(world)
    await DataExport.all().update(status="PREPARING", content=None)
    assert await prepare_exports(system_context(world.services)) == 1
    content = (await DataExport.get()).content
    assert content is not None
    archive = zipfile.ZipFile(io.BytesIO(content))
    owner = await owner_of(scene.person, scene.account)
    expected: set[str] = set()
    for table in PERSONAL:
        if (rows := rows_of(table, owner)) is None or table.model is Erasure:
            continue
        expected.add(table.name)
        records: list[dict[str, Any]] = orjson.loads(archive.read(f"{table.name}.json"))
        assert len(records) == await rows.count() or table.model is Mail
        for column in table.columns:
            assert all((column.name in record) is column.taken_out for record in records), f"{table.name}.{column.name}"
        lines = list(csv.DictReader(io.StringIO(archive.read(f"{table.name}.csv").decode("utf-8-sig"))))
        assert [list(line) for line in lines] == [list(record) for record in records]
        assert table.de in archive.read("LIESMICH.txt").decode()
        assert table.en in archive.read("README.txt").decode()
    assert set(archive.namelist()) == {"LIESMICH.txt", "README.txt"} | {
        f"{name}.{kind}" for name in expected for kind in ("json", "csv")
    }
    (profile,) = csv.DictReader(io.StringIO(archive.read("member.csv").decode("utf-8-sig")))
    assert profile["phone"] == f"'{PHONE}"  # no formula
    (seat,) = [one for one in orjson.loads(archive.read("registration.json")) if one["event_id"] == scene.full.id]
    assert seat["event"] == "Messe"
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for others in ("Ben Vogel", "Ich komme gern.", scene.account.password_hash):
        assert others not in everything
    assert gid(scene.person)


async def test_the_oldest_rows_are_left_out_where_there_are_too_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await Scene.made(world)
    for number in range(4):
        await GroupPost.create(group=scene.group, author=scene.person, title=f"Nr. {number}", body="Kurz.")
    owner = await owner_of(scene.person, scene.account)
    whole = zipfile.ZipFile(io.BytesIO(await take_out.take_out(world.services.rules, owner)))
    monkeypatch.setattr(take_out, "_AT_ONCE", 1)
    monkeypatch.setattr(take_out, "_MOST_ROWS", 3)
    few = zipfile.ZipFile(io.BytesIO(await take_out.take_out(world.services.rules, owner)))
    every, newest = (orjson.loads(one.read("group_post.json")) for one in (whole, few))
    assert ([one["title"] for one in newest], newest) == (["Nr. 3", "Nr. 2", "Nr. 1"], every[:3])
    assert "The oldest rows are left out" in few.read("README.txt").decode()
    assert "The oldest rows are left out" not in whole.read("README.txt").decode()
    tiny = replace(world.services.rules, data_export_bytes=100)
    assert zipfile.ZipFile(io.BytesIO(await take_out.take_out(tiny, owner))).testzip() is None


async def test_what_many_fetch_at_once_is_in_memory_once(world: World) -> None:
    one = await DataExport.create(account=await world.office(), mark=1, content=b"x" * 200_000)
    contents = Contents()
    first, second = await asyncio.gather(contents.of(one.id), contents.of(one.id))
    assert first is second
    slices = [part async for part in first.slices()]
    assert (b"".join(slices), max(map(len, slices))) == (b"x" * 200_000, 65_536)
    await DataExport.all().delete()
    del first, second
    with pytest.raises(NotFound):
        await contents.of(one.id)
