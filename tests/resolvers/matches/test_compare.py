"""How entries are compared: fixed cases, and each rule by itself."""

from dataclasses import replace
from datetime import date

import pytest

from models import OfferCategory, OfferDirection
from models.weekly_times import Commitment
from resolvers.matches.commonplace import is_commonplace
from resolvers.matches.compare import COMMITMENT, THRESHOLD, WEIGHTS, MatchReason, fit
from resolvers.matches.traits import TEXT, TITLE, Traits, weighed_terms
from tests.resolvers.matches.cases import ABOVE, ENTRIES, FITS, NEVER, POINTS, Above, weekly

ONE = Traits(1, OfferDirection.SEEK, OfferCategory.HELPING_HANDS, terms={"klavi": TITLE, "not": TEXT})
OTHER = replace(ONE, id=2, direction=OfferDirection.PROVIDE)


def score(one: Traits, other: Traits) -> float:
    found = fit(one, other)
    return found.score if found else 0.0


def test_there_are_cases_enough() -> None:
    assert len(FITS) + len(ABOVE) + len(NEVER) >= 30


@pytest.mark.parametrize(("one", "other"), FITS)
def test_what_must_fit_fits_both_ways(one: str, other: str) -> None:
    found = fit(ENTRIES[one], ENTRIES[other])
    assert found is not None
    assert found == fit(ENTRIES[other], ENTRIES[one])
    assert THRESHOLD <= found.score <= 1
    assert found.reasons


@pytest.mark.parametrize("case", ABOVE, ids=lambda case: f"{case.of}: {case.better} above {case.worse}")
def test_what_must_stand_above_what(case: Above) -> None:
    better, worse = (score(ENTRIES[case.of], ENTRIES[key]) for key in (case.better, case.worse))
    assert better > worse


@pytest.mark.parametrize(("one", "other"), NEVER)
def test_what_must_not_fit_at_all(one: str, other: str) -> None:
    assert fit(ENTRIES[one], ENTRIES[other]) is None
    assert fit(ENTRIES[other], ENTRIES[one]) is None


def test_the_weights_add_up_to_one() -> None:
    of_place = WEIGHTS[MatchReason.NEARBY]
    assert of_place == WEIGHTS[MatchReason.SAME_DISTRICT]
    assert sum(WEIGHTS.values()) - of_place + COMMITMENT == pytest.approx(1.0)


def test_a_reason_is_told_only_where_it_says_something() -> None:
    """Everybody speaks German, nobody says when: neither is a reason."""
    found = fit(ONE, OTHER)
    assert found is not None
    assert found.reasons == (MatchReason.SIMILAR_TEXT, MatchReason.SAME_CATEGORY)
    assert MatchReason.SHARED_LANGUAGE not in found.reasons
    spoken = [replace(some, languages=frozenset(("tr",))) for some in (ONE, OTHER)]
    assert (found := fit(*spoken)) is not None
    assert found.reasons[-1] is MatchReason.SHARED_LANGUAGE


def test_times_speak_for_or_against() -> None:
    tuesday, sunday = weekly("TUESDAY 09:00 11:00"), weekly("SUNDAY 09:00 11:00")
    meets = score(replace(ONE, slots=tuesday), replace(OTHER, slots=tuesday | sunday))
    never = score(replace(ONE, slots=tuesday), replace(OTHER, slots=sunday))
    assert meets > score(ONE, OTHER) == score(replace(ONE, slots=tuesday), OTHER) > never
    in_may = [replace(some, available_from=date(2026, 5, 1)) for some in (ONE, OTHER)]
    assert score(ONE, OTHER) < score(*in_may) < meets
    assert fit(replace(ONE, available_until=date(2026, 4, 30)), in_may[1]) is None


def test_what_binds_speaks_for_or_against() -> None:
    once, regular, flexible = (
        replace(ONE, commitment=one) for one in (Commitment.ONCE, Commitment.REGULAR, Commitment.FLEXIBLE)
    )
    binding = replace(OTHER, commitment=Commitment.REGULAR)
    assert score(regular, binding) == score(flexible, binding) > score(ONE, binding) > score(once, binding)


def test_the_nearer_the_better_and_the_same_part_of_the_town_best() -> None:
    here = replace(ONE, point=POINTS["here"])
    near, far = (replace(OTHER, point=POINTS[name]) for name in ("a kilometre off", "far"))
    assert score(here, near) > score(here, far) == score(ONE, OTHER)
    found = fit(here, near)
    assert found is not None
    assert MatchReason.NEARBY in found.reasons
    same = fit(replace(here, districts=frozenset((1,))), replace(near, districts=frozenset((1, 2))))
    assert same is not None
    assert same.score > score(here, near)
    assert MatchReason.SAME_DISTRICT in same.reasons
    assert MatchReason.NEARBY not in same.reasons


@pytest.mark.parametrize(
    ("sought", "provided", "fits"), [(18, 16, False), (18, 18, True), (18, None, True), (None, 16, True), (0, 0, True)]
)
def test_who_helps_is_old_enough(sought: int | None, provided: int | None, fits: bool) -> None:
    one, other = replace(ONE, minimum_age=sought), replace(OTHER, minimum_age=provided)
    assert (fit(one, other) is not None) is fits
    courses = [replace(some, category=OfferCategory.TRAINING) for some in (one, other)]
    assert fit(*courses) is not None, "a course that admits younger ones too"


def test_a_word_is_worth_what_it_says() -> None:
    assert weighed_terms("Nähmaschine", "gesucht wird eine Nähmaschine")["nahmaschin"] == TITLE
    assert weighed_terms("Turnhalle", "")["hall"] == TITLE
    assert weighed_terms("", "Turnhalle")["hall"] == TEXT
    assert weighed_terms("", "Jede Woche sechs Stunden, gern im Verein, montags, für Kinder und Jugendliche") == {}
    assert is_commonplace("2027")


def test_what_is_in_no_title_is_chance() -> None:
    many = {f"wort{number}": TEXT for number in range(20)}
    assert fit(replace(ONE, terms=many), replace(OTHER, terms=many)) is None
