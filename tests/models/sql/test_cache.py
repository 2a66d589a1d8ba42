"""What is remembered of a database: of no other one, and never more than so much."""

from models.database.connect import configuration, connected
from models.sql.cache import PerDatabaseCache


async def test_each_database_has_its_own() -> None:
    known: PerDatabaseCache[str, int] = PerDatabaseCache()
    for _number in range(2):
        async with connected(configuration("sqlite://:memory:")):
            assert known.get("one") is None
            known.keep("one", 1)
            known.keep("one", 2)
            assert known.get("one") == 2


async def test_the_newest_stay() -> None:
    known: PerDatabaseCache[int, str] = PerDatabaseCache(most=3)
    async with connected(configuration("sqlite://:memory:")):
        for key in (1, 2, 3, 1, 4):
            known.keep(key, str(key))
        assert [known.get(key) for key in range(1, 5)] == ["1", None, "3", "4"]
