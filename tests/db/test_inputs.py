"""A turn's floor, split in two for keeping, is the same floor again."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.inputs import floor_from, live_of, matter_from, slice_of, standing_from
from routing.directory import Client, Line, Municipality, Pod, Technician
from routing.floor import Agenda, AgendaItem, Conversation, Floor, LiveCall, OpenMatter, OpenPromise, Standing, Talk
from routing.places import Found
from tests.builders import CLARA, LINE, NOW, TABER, floor, matter, said, standing
from tests.callflows.anything import OLGA, any_floor, staffed_floor


def again(before: Floor) -> Floor:
    """Kept and read once more."""
    return floor_from(json.loads(slice_of(before)[1]), json.loads(live_of(before)))


words = st.text(max_size=12)
tuples = st.lists(words, max_size=3).map(tuple)
people = st.builds(
    Technician, words, words, words, words, st.integers(), tuples, tuples, words, words, words, st.booleans()
)
places = st.builds(
    Municipality, words, words, words, words, words, words, tuples, words, words, tuples, words, tuples, tuples
)
clients = st.builds(Client, words, words, tuples, tuples, words, words, words, words, tuples, tuples)
instants = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
away = st.lists(st.tuples(instants, instants), max_size=2).map(tuple)
numbers = st.integers(1, 10**9)
items = st.builds(AgendaItem, numbers, instants, words, words, words)
promises = st.builds(OpenPromise, numbers, words, instants, words, st.sampled_from(["call_back", "reply"]))
yes = st.booleans()


def several_of(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=3).map(tuple)


def several(draw: st.DrawFn, one: st.SearchStrategy[Any]) -> tuple[Any, ...]:
    return draw(several_of(one))


promised = st.builds(replace, items, promise=numbers, due_at=st.none() | instants)
agendas = st.none() | st.builds(Agenda, st.none() | items, several_of(promised))
conversations = st.builds(
    Conversation, numbers, *[words] * 8, relayed=yes, member=yes, since=st.none() | instants, waiting=yes
)


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
        standings={one.technician: Standing(one, absences=draw(away)) for one in technicians},
        matters=several(draw, st.builds(OpenMatter, numbers, words, several_of(promises), words, words, st.booleans())),
        talks=several(draw, st.builds(Talk, words, words, words, instants)),
        holidays=draw(st.dictionaries(words, st.frozensets(st.dates(), max_size=4), max_size=3)),
        number=draw(words),
        found=several(draw, st.builds(Found, words, st.integers(0, 100))),
        seen=draw(tuples),
        nearby=draw(tuples),
        agenda=draw(agendas),
        namesakes=several(draw, places),
        clients={one.client: one for one in draw(st.lists(clients, max_size=3, unique_by=lambda one: one.client))},
        peer=draw(words),
        silenced=draw(yes),
        blocked=draw(yes),
        opted_in=several(draw, st.tuples(words, numbers)),
        deaf=draw(yes),
        unwritable=draw(tuples),
        unreached=draw(tuples),
        automatic=draw(st.integers(0, 9)),
        at_domain=draw(words),
        conversations=several(draw, conversations),
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
    calm = Floor(
        at=before.at,
        line=before.line,
        callers=before.callers,
        municipalities=before.municipalities,
        pods=before.pods,
        standings=quiet,
        holidays=before.holidays,
        clients=before.clients,
        namesakes=before.namesakes,
    )
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
        replace(usual, holidays={"4802022": frozenset({date(2026, 11, 11)})}),
        replace(usual, holidays={"4802019": frozenset({date(2026, 11, 11)})}),
        replace(usual, clients={"clara": CLARA}),
        replace(usual, namesakes=(replace(TABER, municipality="4802023", kind="MD"),)),
        replace(usual, callers=(replace(CLARA, unwanted=("ana",)),)),
        replace(usual, municipalities={"4802022": replace(TABER, wanted=("ana",))}),
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
    assert again(floor(matter=matter(12, "ben", NOW))).matters == (matter(12, "ben", NOW),)


# One case for each part of the floor that a turn may decide by.
TOLD: dict[str, Any] = {
    "matters": (
        matter(12, "ben", NOW, NOW),
        replace(matter(7, "ana", client="", place=""), theirs=False),
        replace(matter(9, "ana"), promises=(OpenPromise(3, "ana", NOW, "contact-3", "reply"),)),
    ),
    "talks": (Talk("clara", "4802022", "cho", NOW), Talk("", "", "ana", NOW)),
    "recent_calls": 3,
    "calling": "ana",
    "from_our_line": True,
    "holidays": {"4802022": frozenset({date(2026, 11, 11), date(2026, 12, 25)}), "4802019": frozenset()},
    "number": "+14035550177",
    "whole": False,
    "legs_free": 3,
    "found": (Found("4802022", 100), Found("4802019", 85)),
    "seen": ("4802022", "4802019"),
    "nearby": ("4802019",),
    "agenda": Agenda(AgendaItem(12, NOW, "clara"), (AgendaItem(12, NOW, "", "4802022", "+14035550177", 3, NOW),)),
    "clients": {"clara": CLARA, "olga": OLGA},
    "callers": (replace(CLARA, wanted=("cho",), unwanted=("ana",)),),
    "municipalities": {"4802022": replace(TABER, wanted=("cho",), unwanted=("ana",))},
    "standings": {"ana": standing("ana", absences=((NOW, NOW + timedelta(days=1)),), missed=2)},
    "line": Line("+15875550111"),
    "namesakes": (replace(TABER, municipality="4802023", kind="MD"),),
    "pods": {},
    "at": NOW + timedelta(hours=1),
    "peer": "whatsapp:+14035550177",
    "silenced": True,
    "blocked": True,
    "opted_in": (("", 1_793_722_000_000), ("ana", 1_793_722_000_001)),
    "deaf": True,
    "unwritable": ("ana", "ben"),
    "unreached": ("cho",),
    "automatic": 4,
    "at_domain": "4802022",
    "calls": (
        LiveCall("contact-2", 12, ("ana", "ben"), "clara", "4802022"),
        LiveCall("contact-3", 0, by_us=True),
    ),
    "conversations": (
        Conversation(12, "ana", "contact-1", LINE, "+14035550177", "clara", "4802022", "south", "fr", since=NOW),
        Conversation(7, "ben", relayed=True, member=True, waiting=True),
    ),
}


@pytest.mark.parametrize("part", [one.name for one in fields(Floor)])
def test_every_part_of_the_floor_is_kept(part: str) -> None:
    told = replace(floor(), **{part: TOLD[part]})
    assert told != floor(), "a case of this test is the usual one"
    assert getattr(again(told), part) == TOLD[part]
    assert again(told) == told


@pytest.mark.parametrize("agenda", [Agenda(), Agenda(None, (AgendaItem(3, NOW, promise=1, due_at=NOW),))])
def test_an_agenda_without_a_last_matter_comes_back(agenda: Agenda) -> None:
    assert again(floor(agenda=agenda)).agenda == agenda


def test_a_turn_kept_before_promises_knew_their_contact_can_still_be_read() -> None:
    old = json.loads(live_of(floor(matter=matter(12, "ben", NOW))))
    old["matters"] = [{"number": 12, "owner": "ben", "promises": [[3, "ana", NOW.isoformat()]]}]
    body = json.loads(slice_of(floor())[1])
    del body["clients"]
    read = floor_from(body, old)
    assert read.matters == (OpenMatter(12, "ben", (OpenPromise(3, "ana", NOW),)),)
    assert read.clients == {}
