"""Values whose hash is found out once."""

from dataclasses import dataclass, replace

from models.sql.hashed_once import hashed_once


class Part:
    """Counts how often it is hashed."""

    def __init__(self) -> None:
        self.hashed = 0

    def __hash__(self) -> int:
        self.hashed += 1
        return 7

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part)


@hashed_once
@dataclass(frozen=True)
class Whole:
    part: Part
    number: int = 1


def test_a_hash_is_found_out_once_and_belongs_to_the_value() -> None:
    one, same, other = Whole(Part()), Whole(Part()), Whole(Part(), 2)
    known = {one: "one", other: "other"}
    assert known[one] == known[same] == "one"
    assert known[replace(one, number=2)] == known[other] == "other"
    assert (one.part.hashed, same.part.hashed, other.part.hashed) == (2, 1, 1), "`replace` hands on what it is made of"
    assert one == same != other
