"""What the updates of different subscriptions may cost together: equal ones count once."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from auth.refusals import RateLimited
from web.limits.callers import Exemption
from web.limits.update_budget import UpdateBudget
from web.process.counters import counters
from web.settings import Settings

ONE, OTHER = "192.0.2.1", "192.0.2.2"


def budget(most: int = 100, each: int = 10, **settings: Any) -> UpdateBudget:
    return UpdateBudget(most, each, Exemption(Settings(**settings)))


def refused_as(reason: str, take: Callable[[], object]) -> bool:
    before = counters.refusals[reason]
    with pytest.raises(RateLimited):
        take()
    return counters.refusals[reason] == before + 1


def test_a_caller_may_hold_so_many_points_of_different_ones() -> None:
    points = budget()
    points.take(ONE, "a", 4)
    points.take(ONE, "b", 6)
    assert refused_as("update_cost_per_address", lambda: points.take(ONE, "c", 1))
    assert points.taken == 10
    points.take(OTHER, "c", 10)
    assert points.taken == 20


def test_equal_ones_count_once_for_each_caller_and_once_in_all() -> None:
    points = budget()
    given = [points.take(caller, "a", 10) for caller in (ONE, OTHER) for _number in range(50)]
    assert points.taken == 10
    for give_back in given[:-1]:
        give_back()
        give_back()
    assert points.taken == 10
    assert refused_as("update_cost_per_address", lambda: points.take(OTHER, "b", 1))
    points.take(ONE, "b", 10)
    given[-1]()
    assert points.taken == 10


def test_what_is_like_no_other_counts_each_time() -> None:
    points = budget()
    for number in range(5):
        points.take(ONE, None, 2)
        assert points.taken == 2 * (number + 1)
    with pytest.raises(RateLimited):
        points.take(ONE, None, 1)


def test_a_process_has_a_budget_for_all_and_spares_this_machine_no_more_than_that() -> None:
    points = budget(most=25)
    for number in range(25):
        points.take("127.0.0.1", number, 1)
    for caller in ("127.0.0.1", ONE):
        assert refused_as("update_cost_at_once", lambda caller=caller: points.take(caller, "more", 1))  # type: ignore[misc]
    points.take(ONE, 7, 1)
    assert refused_as("update_cost_per_address", lambda: budget(limit_loopback=True).take("127.0.0.1", "a", 11))


@pytest.mark.parametrize("seed", range(5))
def test_whatever_comes_and_goes_the_sum_is_that_of_what_is_held(seed: int) -> None:
    dice, points = random.Random(seed), budget(most=60, each=20)
    held: list[tuple[str, str, Callable[[], None]]] = []
    price = {key: number for number, key in enumerate("abcdefghij", 1)}
    for _number in range(2000):
        if held and dice.random() < 0.45:
            held.pop(dice.randrange(len(held)))[2]()
        else:
            caller, key = f"192.0.2.{dice.randrange(6)}", dice.choice(list(price))
            own = {one for of, one, _give_back in held if of == caller} | {key}
            everything = {one for _of, one, _give_back in held} | {key}
            fits = sum(map(price.__getitem__, own)) <= 20 and sum(map(price.__getitem__, everything)) <= 60
            if fits:
                held.append((caller, key, points.take(caller, key, price[key])))
            else:
                with pytest.raises(RateLimited):
                    points.take(caller, key, price[key])
        assert points.taken == sum(map(price.__getitem__, {one for _of, one, _give_back in held}))
    for _of, _key, give_back in held:
        give_back()
    assert points.taken == 0
    points.take("192.0.2.1", "a", 20)
