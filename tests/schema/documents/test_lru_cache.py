"""A cache that is bounded in bytes."""

import random

from cachetools import LRUCache

from schema.documents.lru_cache import BytesCache


def test_it_keeps_what_a_cache_of_cachetools_would() -> None:
    chance = random.Random(8)
    cache: BytesCache[int] = BytesCache(1000, largest=300)
    other: LRUCache[int, tuple[int, int]] = LRUCache(1000, getsizeof=lambda kept: kept[1])
    dropped = 0
    for number in range(5000):
        key, size = chance.randrange(40), chance.randrange(1, 400)
        what = chance.randrange(10)
        if what < 5:
            found = other.get(key)
            assert cache.get(key) == (found and found[0])
        elif what < 9:
            assert cache.keep(key, number, size) is (size <= 300)
            if size <= 300:
                other[key] = (number, size)
            else:
                other.pop(key, None)
        else:
            cache.drop(key)
            dropped += other.pop(key, None) is not None
        assert (len(cache), cache.size) == (len(other), other.currsize)
    assert dropped > 30, "nothing was ever there to be dropped"


def test_it_tells_whenever_it_takes_more_or_less() -> None:
    sizes: list[int] = []
    cache: BytesCache[str] = BytesCache(800, lambda: sizes.append(cache.size))
    cache.keep("a", "first", 40)
    cache.keep("b", "second", 60)
    cache.keep("a", "again", 40)
    cache.keep("b", "more", 70)
    cache.keep("c", "too large", 101)
    cache.clear()
    assert sizes == [40, 100, 110, 0]
