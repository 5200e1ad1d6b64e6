"""Who owns a promise when a call ends without a person."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.floor import Presence, Shift, Standing
from routing.owner import next_on_shift, promise_owner
from tests.builders import NOW, WORKDAYS, local, said, shift, standing

ANA, BEN, CHO = standing("ana"), standing("ben"), standing("cho")


def shifts(**hours: str) -> dict[str, Shift]:
    return {key: shift(text) for key, text in hours.items() if text}


OPEN = shifts(ana="24/7", ben="24/7", cho="24/7")


def test_who_talked_owns_it_before_anybody_else() -> None:
    owner = promise_owner(talked="cho", matter_owner="ben", pod=(ANA,), everyone=(ANA, BEN), shifts=OPEN, at=NOW)
    assert owner == "cho"


def test_else_the_owner_of_the_matter_on_shift_or_not() -> None:
    owner = promise_owner(talked=None, matter_owner="ben", pod=(ANA, BEN), everyone=(), shifts={}, at=NOW)
    assert owner == "ben"


def test_else_the_next_of_the_pod_although_others_are_at_work() -> None:
    evening = shifts(ana="Tue 18:00-20:00", ben="24/7")
    owner = promise_owner(talked=None, matter_owner=None, pod=(ANA,), everyone=(ANA, BEN), shifts=evening, at=NOW)
    assert owner == "ana"


def test_without_a_pod_the_next_of_all_by_longest_idle() -> None:
    everyone = (
        standing("ana", last_talked_at=NOW - timedelta(minutes=1)),
        standing("ben", last_talked_at=NOW - timedelta(hours=1)),
        standing("cho", last_talked_at=NOW - timedelta(minutes=5)),
    )
    owner = promise_owner(talked=None, matter_owner=None, pod=(), everyone=everyone, shifts=OPEN, at=NOW)
    assert owner == "ben"


def test_an_empty_directory_owns_nothing() -> None:
    assert promise_owner(talked=None, matter_owner=None, pod=(), everyone=(), shifts={}, at=NOW) is None


def test_somebody_of_the_pod_owns_it_when_nobodys_hours_are_known() -> None:
    assert next_on_shift((BEN, ANA), {}, NOW) is None
    owner = promise_owner(talked=None, matter_owner=None, pod=(BEN, ANA), everyone=(CHO,), shifts={}, at=NOW)
    assert owner == "ben"


def test_a_pod_without_hours_leaves_it_to_whoever_has_some() -> None:
    elsewhere = shifts(cho="Sun 08:00-09:00")
    owner = promise_owner(talked=None, matter_owner=None, pod=(BEN,), everyone=(BEN, CHO), shifts=elsewhere, at=NOW)
    assert owner == "cho"


NOON = local("2026-11-03 12:00")
NEXT_WEEK = local("2026-11-12 12:00")
OFF, AWAY = said("off"), said("away")


# Tuesday, 10:00: hours of Ana and Ben, what they said, and whose turn it is.
@pytest.mark.parametrize(
    ("ana", "ana_said", "ben", "ben_said", "expected"),
    [
        ("24/7", None, "24/7", None, "ana"),
        ("Tue 12:00-16:00", None, "24/7", None, "ben"),
        ("Tue 18:00-23:00", None, "Tue 12:00-17:00", None, "ben"),
        ("Tue 12:00-16:00", None, "Tue 12:00-16:00", None, "ana"),
        ("Mon-Fri 08:00-16:30", OFF, "Tue 18:00-20:00", None, "ben"),
        ("Mon-Fri 08:00-16:30", AWAY, "Thu 18:00-20:00", None, "ana"),
        ("", None, "Sun 08:00-09:00", None, "ben"),
        ("", said("available"), "24/7", None, "ana"),
        ("24/7", OFF, "Sun 08:00-09:00", None, "ben"),
        ("Mon-Fri 08:00-16:30", said("away", until=NOON), "Tue 14:00-16:00", None, "ana"),
        ("Mon-Fri 12:00-16:30", said("off", until=NEXT_WEEK), "Wed 12:00-13:00", None, "ben"),
        ("Mon-Fri 08:00-16:30", said("off", until=NEXT_WEEK), "Wed 12:00-13:00", None, "ben"),
        ("", said("away", until=NEXT_WEEK), "Sun 08:00-09:00", None, "ben"),
    ],
    ids=[
        "both at work: the order decides",
        "one at work: they",
        "nobody at work: whose shift begins sooner",
        "the same beginning: the order decides",
        "off since this morning: tomorrow counts",
        "away since this morning: tomorrow is sooner than Thursday",
        "without hours: after everybody with hours",
        "without hours but available: at work",
        "off round the clock: after everybody with hours",
        "away until noon: noon counts",
        "off until next week, before a shift: next week counts",
        "off until next week, in the middle of a shift: next week counts",
        "away without hours: after everybody with hours",
    ],
)
def test_the_next_on_shift_is_whoever_is_back_first(
    ana: str, ana_said: Presence | None, ben: str, ben_said: Presence | None, expected: str
) -> None:
    people = (standing("ana", presence=ana_said), standing("ben", presence=ben_said))
    assert next_on_shift(people, shifts(ana=ana, ben=ben), NOW) == expected


TWO_WEEKS = (local("2026-11-02 00:00"), local("2026-11-16 00:00"))
TODAY = (local("2026-11-03 00:00"), local("2026-11-04 00:00"))
LUNCH = (local("2026-11-03 11:00"), local("2026-11-03 13:00"))
BACK = said("available", NOW - timedelta(hours=1))


# Tuesday, 10:00, when Ana has an absence or two: her hours, what she said, Ben's hours, and whose turn it is.
@pytest.mark.parametrize(
    ("absences", "ana", "ana_said", "ben", "expected"),
    [
        ([TWO_WEEKS], WORKDAYS, None, "Sun 08:00-09:00", "ben"),
        ([TWO_WEEKS], WORKDAYS, None, "", "ana"),
        ([TODAY], WORKDAYS, None, "Wed 07:00-08:00", "ben"),
        ([TODAY], WORKDAYS, None, "Wed 09:00-10:00", "ana"),
        ([TODAY, TWO_WEEKS], WORKDAYS, None, "Thu 09:00-10:00", "ben"),
        ([LUNCH], "Tue 11:00-14:00", None, "Tue 12:00-13:00", "ben"),
        ([LUNCH], "Tue 11:00-14:00", None, "Tue 13:30-14:00", "ana"),
        ([LUNCH], "Tue 11:00-13:00", None, "Tue 13:30-14:00", "ben"),
        ([TWO_WEEKS], WORKDAYS, BACK, "24/7", "ana"),
        ([TWO_WEEKS], WORKDAYS, said("off", NOW), "Sun 08:00-09:00", "ben"),
        ([TODAY], WORKDAYS, said("off", NOW), "Wed 08:30-09:00", "ana"),
        ([TODAY], WORKDAYS, said("off", NOW, local("2026-11-05 12:00")), "Wed 08:30-09:00", "ben"),
        ([TODAY], "24/7", said("off", NOW), "Sun 08:00-09:00", "ben"),
    ],
    ids=[
        "on holiday: not the next, though her shift begins sooner",
        "on holiday, and nobody else has hours",
        "away today: tomorrow's shift is later than his",
        "away today: tomorrow's shift is sooner than his",
        "one absence within another",
        "away at the beginning of a shift: she begins later",
        "away at the beginning of a shift: still sooner",
        "away for the whole of a shift: the next one",
        "back early: at work",
        "off in a holiday: the holiday counts",
        "off in an absence that ends first",
        "off for longer than the absence",
        "off round the clock, after the absence too",
    ],
)
def test_absences_are_passed_over(
    absences: list[tuple[datetime, datetime]], ana: str, ana_said: Presence | None, ben: str, expected: str
) -> None:
    people = (standing("ana", presence=ana_said, absences=tuple(sorted(absences))), BEN)
    assert next_on_shift(people, shifts(ana=ana, ben=ben), NOW) == expected


def test_whoever_is_away_for_long_still_owns_it_when_there_is_nobody_else() -> None:
    away = standing("ana", absences=((NOW, NOW + timedelta(days=365)),))
    assert next_on_shift((away,), shifts(ana=WORKDAYS), NOW) == "ana"
    owner = promise_owner(talked=None, matter_owner=None, pod=(away,), everyone=(away,), shifts={}, at=NOW)
    assert owner == "ana"


weeks = st.sampled_from(["", "24/7", "Mon-Fri 08:00-16:30", "Tue 18:00-23:00", "Sun 01:00-03:00"])
people = st.lists(
    st.builds(
        lambda key, state, absences: standing(key, presence=said(state) if state else None, absences=absences),
        st.sampled_from(["ana", "ben", "cho", "dov"]),
        st.sampled_from([None, "available", "away", "off"]),
        st.sampled_from([(), (TODAY,), (TWO_WEEKS, TODAY), (LUNCH,)]),
    ),
    min_size=1,
    unique_by=lambda one: one.technician.technician,
)


@given(people, st.lists(weeks, min_size=4, max_size=4))
def test_somebody_always_owns_it_when_there_is_anybody(team: list[Standing], hours: list[str]) -> None:
    known = shifts(**dict(zip(("ana", "ben", "cho", "dov"), hours, strict=True)))
    owner = promise_owner(talked=None, matter_owner=None, pod=(), everyone=team, shifts=known, at=NOW)
    assert owner in {one.technician.technician for one in team}
