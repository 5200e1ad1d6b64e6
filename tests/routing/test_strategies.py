"""The order in which a pod would be rung."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.floor import Standing
from routing.strategies import STRATEGIES, ring_order, waves
from routing.strategies.circular import circular
from routing.strategies.linear import linear
from routing.strategies.longest_idle import longest_idle
from tests.builders import NOW, standing


def rung(key: str, minutes_ago: int | None) -> Standing:
    return standing(key, last_rung_at=None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago))


def talked(key: str, minutes_ago: int | None) -> Standing:
    return standing(key, last_talked_at=None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago))


def keys(people: tuple[Standing, ...]) -> str:
    return " ".join(one.technician.technician for one in people)


def test_linear_is_always_top_down() -> None:
    assert keys(linear([rung("ana", 1), rung("ben", None), talked("cho", 5)])) == "ana ben cho"


@pytest.mark.parametrize(
    ("ana", "ben", "cho", "order"),
    [
        (None, None, None, "ana ben cho"),
        (5, None, None, "ben cho ana"),
        (None, 5, None, "cho ana ben"),
        (None, None, 5, "ana ben cho"),
        (9, 3, 6, "cho ana ben"),
        (3, 9, 6, "ben cho ana"),
        (9, 6, 3, "ana ben cho"),
    ],
)
def test_circular_begins_after_whoever_was_rung_last(
    ana: int | None, ben: int | None, cho: int | None, order: str
) -> None:
    assert keys(circular([rung("ana", ana), rung("ben", ben), rung("cho", cho)])) == order


@pytest.mark.parametrize(
    ("ana", "ben", "cho", "order"),
    [
        (None, None, None, "ana ben cho"),
        (5, None, 9, "ben cho ana"),
        (5, 9, 7, "ben cho ana"),
        (7, 7, 9, "cho ana ben"),
        (None, 9, None, "ana cho ben"),
    ],
)
def test_longest_idle_begins_with_who_has_not_talked_for_longest(
    ana: int | None, ben: int | None, cho: int | None, order: str
) -> None:
    assert keys(longest_idle([talked("ana", ana), talked("ben", ben), talked("cho", cho)])) == order


@pytest.mark.parametrize("strategy", ["linear", "simultaneous", "", "a name of tomorrow"])
def test_what_cannot_be_rung_one_by_one_is_rung_top_down(strategy: str) -> None:
    people = [rung("ana", 1), talked("ben", 2), rung("cho", 3)]
    assert keys(ring_order(strategy, people)) == "ana ben cho"


def test_each_name_has_its_own_order() -> None:
    people = [rung("ana", 1), talked("ben", 2), rung("cho", 3)]
    assert [keys(ring_order(one, people)) for one in ("linear", "circular", "longest_idle")] == [
        "ana ben cho",
        "ben cho ana",
        "ana cho ben",
    ]


@pytest.mark.parametrize(
    ("strategy", "rung_together"),
    [
        ("linear", ["ana", "ben", "cho"]),
        ("circular", ["ben", "cho", "ana"]),
        ("longest_idle", ["ana", "cho", "ben"]),
        ("simultaneous", ["ana ben cho"]),
        ("a name of tomorrow", ["ana", "ben", "cho"]),
    ],
)
def test_only_simultaneous_rings_everybody_in_one_wave(strategy: str, rung_together: list[str]) -> None:
    people = [rung("ana", 1), talked("ben", 2), rung("cho", 3)]
    assert [keys(wave) for wave in waves(strategy, people)] == rung_together
    assert waves(strategy, []) == ()


instants = st.none() | st.integers(0, 100).map(lambda minutes: NOW - timedelta(minutes=minutes))
pods = st.lists(
    st.builds(
        lambda key, last_rung, last_talked: standing(key, last_rung_at=last_rung, last_talked_at=last_talked),
        st.text("abcdefgh", min_size=1, max_size=3),
        instants,
        instants,
    ),
    max_size=8,
    unique_by=lambda one: one.technician.technician,
)


@given(st.sampled_from([*STRATEGIES, "simultaneous"]), pods)
def test_every_strategy_orders_all_of_them_and_nobody_else(strategy: str, people: list[Standing]) -> None:
    order = ring_order(strategy, people)
    assert sorted(keys((one,)) for one in order) == sorted(keys((one,)) for one in people)


@given(pods)
def test_circular_rings_everybody_before_anybody_twice(people: list[Standing]) -> None:
    rung_now: list[str] = []
    for turn in range(len(people)):
        first = circular(people)[0]
        rung_now.append(first.technician.technician)
        later = NOW + timedelta(minutes=turn + 1)
        people = [standing(keys((one,)), last_rung_at=later) if one is first else one for one in people]
    assert len(set(rung_now)) == len(rung_now)
