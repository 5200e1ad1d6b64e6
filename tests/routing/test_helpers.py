"""Whom a swarm would ring, and in which order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.floor import Standing
from routing.helpers import helpers
from routing.strategies import STRATEGIES
from tests.builders import NOW, standing


def helper(key: str, *, swarm: bool = True, talked: int | None = None) -> Standing:
    """Of another pod; `talked`: minutes since their last talk."""
    one = standing(key, pod="north", last_talked_at=None if talked is None else NOW - timedelta(minutes=talked))
    return replace(one, technician=replace(one.technician, swarm=swarm))


ANA, BEN = standing("ana"), standing("ben")
POD = (ANA, BEN)


def chosen(*others: Standing, called: tuple[str, ...] = (), strategy: str = "linear") -> list[tuple[str, str]]:
    found = helpers(POD, strategy, (*POD, *others), called=set(called))
    return [(one.technician, one.because) for one in found]


def test_the_own_pod_comes_first_and_then_whoever_opted_in() -> None:
    assert chosen(helper("dan")) == [("ana", "order"), ("ben", "order"), ("dan", "opted_in")]


def test_whoever_of_another_pod_did_not_opt_in_is_not_asked() -> None:
    assert chosen(helper("dan", swarm=False)) == [("ana", "order"), ("ben", "order")]


def test_of_the_own_pod_nobody_has_to_opt_in_and_who_did_is_there_once() -> None:
    willing = replace(ANA, technician=replace(ANA.technician, swarm=True))
    found = helpers((willing, BEN), "linear", (willing, BEN), called=())
    assert [(one.technician, one.because) for one in found] == [("ana", "order"), ("ben", "order")]


def test_others_are_asked_by_longest_idle() -> None:
    found = chosen(helper("dan", talked=5), helper("eve", talked=50), helper("fay"))
    assert [key for key, because in found if because == "opted_in"] == ["fay", "eve", "dan"]


def test_whoever_was_called_before_is_not_called_again() -> None:
    assert chosen(helper("dan"), helper("eve"), called=("ana", "dan")) == [("ben", "order"), ("eve", "opted_in")]


@pytest.mark.parametrize("strategy", [*STRATEGIES, "a name of tomorrow"])
def test_the_own_pod_stands_in_its_strategys_order(strategy: str) -> None:
    assert {key for key, because in chosen(helper("dan"), strategy=strategy) if because == "order"} == {"ana", "ben"}


def test_without_a_pod_only_those_who_opted_in_are_asked() -> None:
    found = helpers((), "linear", (ANA, helper("dan")), called=())
    assert [one.technician for one in found] == ["dan"]


keys = st.sampled_from(["ana", "ben", "dan", "eve", "fay"])


@given(st.lists(keys, unique=True), st.sets(keys), st.sets(keys))
def test_everybody_at_most_once_and_nobody_who_was_called(pod: list[str], opted: set[str], called: set[str]) -> None:
    everybody = {key: helper(key, swarm=key in opted) for key in ("ana", "ben", "dan", "eve", "fay")}
    found = [
        one.technician
        for one in helpers([everybody[key] for key in pod], "linear", list(everybody.values()), called=called)
    ]
    assert len(set(found)) == len(found)
    assert set(found) == (set(pod) | opted) - called
