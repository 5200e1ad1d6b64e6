"""A turn's floor, split in two for keeping, is the same floor again."""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from db.inputs import floor_from, live_of, matter_from, slice_of, standing_from
from routing.directory import Client, Line, Municipality, Pod, Technician
from routing.floor import Floor, OpenMatter, OpenPromise, Standing
from tests.builders import LINE, NOW, TABER, floor, matter, said, standing
from tests.callflows.anything import any_floor, staffed_floor


def again(before: Floor) -> Floor:
    """Kept and read once more."""
    return floor_from(json.loads(slice_of(before)[1]), json.loads(live_of(before)))


words = st.text(max_size=12)
tuples = st.lists(words, max_size=3).map(tuple)
people = st.builds(
    Technician, words, words, words, words, st.integers(), tuples, tuples, words, words, words, st.booleans()
)
places = st.builds(Municipality, words, words, words, words, words, words, tuples, words, words, tuples, words)
clients = st.builds(Client, words, words, tuples, tuples, words, words, words, words)


@st.composite
def written_floors(draw: st.DrawFn) -> Floor:
    """A directory with anything that people may have written into it."""
    technicians = draw(st.lists(people, max_size=4, unique_by=lambda one: one.technician))
    towns = draw(st.lists(places, max_size=3, unique_by=lambda one: one.municipality))
    pods = draw(st.lists(st.builds(Pod, words, words, words, words, st.integers()), unique_by=lambda one: one.pod))
    return Floor(
        at=NOW,
        line=draw(st.builds(Line, words, words, words, words, tuples, words)),
        callers=tuple(draw(st.lists(clients, max_size=3))),
        municipalities={one.municipality: one for one in towns},
        pods={one.pod: one for one in pods},
        standings={one.technician: Standing(one) for one in technicians},
        holidays=frozenset(draw(st.sets(st.dates(), max_size=4))),
    )


@settings(deadline=None)
@given(any_floor() | staffed_floor() | written_floors())
def test_every_floor_comes_back_as_it_was(before: Floor) -> None:
    after = again(before)
    assert after == before
    assert list(after.standings) == list(before.standings)
    assert list(after.municipalities) == list(before.municipalities)


@settings(deadline=None)
@given(any_floor())
def test_the_live_part_changes_nothing_of_the_slice(before: Floor) -> None:
    quiet = {key: Standing(one.technician) for key, one in before.standings.items()}
    calm = replace(before, standings=quiet, matter=None, recent_calls=0, calling="", from_our_line=False)
    assert slice_of(calm) == slice_of(before)
    assert json.loads(live_of(calm)) == {"at": before.at.isoformat()}


def test_every_part_of_the_directory_changes_the_slice() -> None:
    usual = floor()
    others = [
        replace(usual, line=Line(LINE, fallback="+15875550199")),
        replace(usual, callers=()),
        replace(usual, municipalities={"4802022": replace(TABER, hours="24/7")}),
        replace(usual, pods={}),
        replace(usual, standings={"ana": standing("ana", name="Ana Ferreira")}),
        replace(usual, standings={key: usual.standings[key] for key in sorted(usual.standings, reverse=True)}),
        replace(usual, holidays=frozenset({date(2026, 11, 11)})),
    ]
    hashes = {slice_of(one)[0] for one in (usual, *others)}
    assert len(hashes) == len(others) + 1
    assert {len(one) for one in hashes} == {24}


def test_the_same_floor_has_the_same_slice_at_any_time() -> None:
    assert slice_of(floor()) == slice_of(floor(at=NOW.replace(year=2027)))


def test_people_with_nothing_to_tell_take_no_room() -> None:
    told = floor("ana", standing("ben", presence=said("off")))
    assert json.loads(live_of(told))["people"] == {"ben": {"presence": ["off", NOW.isoformat(), None]}}
    assert "people" not in json.loads(live_of(floor()))


def test_a_standing_and_a_matter_are_read_by_themselves() -> None:
    ana = standing().technician
    assert standing_from(ana, {}) == Standing(ana)
    kept = {"number": 12, "owner": "ben", "promises": [[3, "ana", NOW.isoformat()]]}
    assert matter_from(kept) == OpenMatter(12, "ben", (OpenPromise(3, "ana", NOW),))
    assert again(floor(matter=matter(12, "ben", NOW))).matter == matter(12, "ben", NOW)
