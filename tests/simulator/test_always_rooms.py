"""What must hold of conferences whatever people and REST do and in whatever order (twilio.md 1.6, 4.5, 5.5)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.calls.calls import Order
from simulator.calls.legs import Fetch, Leg
from simulator.people.scripted import BASE, LINE, Stage
from simulator.recordings.recordings import Told, Wish
from simulator.rooms.announcements import Announcement
from simulator.rooms.participants import Participant
from simulator.rooms.recording import Wanted
from simulator.rooms.rooms import Terms
from simulator.switches import Switches
from simulator.verbs import music

EVENTS = frozenset(["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"])
TOLD = f'waitUrl="/wait" statusCallback="/conf" statusCallbackEvent="{" ".join(sorted(EVENTS))}"'
RECORDED = 'record="record-from-start" recordingStatusCallback="/recorded" recordingStatusCallbackEvent="{}"'
RECORDING_EVENTS = "in-progress completed absent"


@dataclass(frozen=True)
class Person:
    """Dials in, or is rung by REST, at `at`; does `deed` after `then` seconds; leaves after `stays`."""

    at: int
    is_rung: bool
    answers_after: int
    deed: str
    then: int
    stays: int
    starts: bool
    ends: bool
    records: bool


PEOPLE = st.lists(
    st.builds(
        Person,
        at=st.integers(0, 30),
        is_rung=st.booleans(),
        answers_after=st.integers(0, 40),
        deed=st.sampled_from(["nothing", "moved", "back", "held", "kicked", "speaks", "closes", "coaches", "told"]),
        then=st.integers(0, 40),
        stays=st.integers(1, 60),
        starts=st.booleans(),
        ends=st.sampled_from([False, False, True]),
        records=st.booleans(),
    ),
    min_size=1,
    max_size=6,
)
SWITCHES = st.builds(
    lambda **values: replace(Switches(), **values),
    participant_join_before_answer=st.sampled_from(["no", "yes"]),
    conference_start_before_second_join=st.sampled_from(["no", "yes"]),
)


def said(value: bool) -> str:
    return "true" if value else "false"


class Evening:
    def __init__(self, stage: Stage, people: list[Person]) -> None:
        self.stage, self.people, self.exchange = stage, people, stage.exchange
        stage.page("/voice", self._document)
        stage.page("/after", "<Say>After.</Say>")
        stage.page("/wait", '<Say>Wait.</Say><Pause length="3"/><Redirect/>')
        stage.page("/told", "<Say>We close in ten minutes.</Say>")
        stage.page("/elsewhere", '<Pause length="5"/>')
        stage.page("/back", '<Dial action="/after"><Conference>desk-1</Conference></Dial>')

    def _document(self, given: dict[str, str]) -> str:
        person = self.people[int(given["From"][-2:])]
        how = f'startConferenceOnEnter="{said(person.starts)}" endConferenceOnExit="{said(person.ends)}"'
        how += f" {RECORDED.format(RECORDING_EVENTS)}" if person.records else ""
        return f'<Dial action="/after"><Conference {how} {TOLD}>desk-1</Conference></Dial>'

    async def plays(self) -> None:
        for index, person in enumerate(self.people):
            self.stage.clock.spawn(self._lives(index, person), f"person {index}")
        await self.stage.clock.passes(1800)

    async def _lives(self, index: int, person: Person) -> None:
        clock, exchange = self.stage.clock, self.exchange
        await clock.sleep(person.at)
        phone = exchange.phone(f"+14035552{index:03d}")
        leg = self._rung(phone.number or "", person) if person.is_rung else exchange.calls.comes_in(phone, LINE)
        if person.is_rung:
            await clock.sleep(person.answers_after)
            if leg.status == "ringing":
                leg.answers()
        await clock.wait(leg.over, timeout=person.then)
        self._does(leg, person.deed)
        await clock.wait(leg.over, timeout=person.stays)
        exchange.hang_up(leg)

    def _rung(self, number: str, person: Person) -> Leg:
        leg = self.exchange.new_leg("outbound-api", LINE, number, "queued")
        room = self.exchange.rooms.opens("desk-1", Terms(f"{BASE}/conf", "POST", EVENTS))
        told = Told(f"{BASE}/recorded", "POST", frozenset(RECORDING_EVENTS.split()))
        records = Wanted(Wish(told), by_rest=True) if person.records else None
        one = Participant(room, leg, self.stage.clock.now(), starts=person.starts, ends=person.ends, records=records)
        room.expects(one)
        self.exchange.calls.goes_out(leg, Order(lambda reading: music.lives(reading, one), 20))
        return leg

    def _does(self, leg: Leg, deed: str) -> None:
        one = leg.participant
        if deed in ("moved", "back") and leg.is_live:
            leg.moves(Fetch(f"{BASE}/{'elsewhere' if deed == 'moved' else 'back'}"))
        elif deed == "speaks":
            self.exchange.speaks(leg, "Hello there.", 5)
        elif one is None:
            return
        elif deed == "held":
            one.room.holds(one, "music")
        elif deed == "kicked":
            one.room.leaves(one, "participant_updated_via_api", kicked=True)
        elif deed == "closes":
            one.room.ends()
        elif deed == "coaches":
            one.room.modifies(one, coaches=one.room.participants[0].leg.sid if one.room.participants[0] != one else "")
        elif deed == "told":
            what = Fetch(f"{BASE}/told")
            self.stage.clock.spawn(Announcement(self.exchange, one.room, what).runs(), "announcement")


# 5.5, 1.6: every join has its leave, one conference lives at a time, it ends once and after everything else, and its
# numbers count from 1.
@settings(max_examples=60, deadline=None)
@given(PEOPLE, SWITCHES)
def test_an_evening_in_a_conference(people: list[Person], switches: Switches) -> None:
    with asyncio.Runner() as runner:
        stage = Stage(runner.run, switches)
        runner.run(Evening(stage, people).plays())
        check(stage)


def check(stage: Stage) -> None:
    told: dict[str, list[dict[str, str]]] = {}
    for request in stage.asked("/conf"):
        told.setdefault(request.params["ConferenceSid"], []).append(request.params)
    for room in stage.exchange.rooms.all.values():
        assert (room.status, room.participants) == ("completed", [])
        if room.terms.url:
            check_room(told[room.sid])
    for leg in stage.exchange.legs.values():
        assert leg.is_over
        assert (leg.participant, leg.company) == (None, [])
        assert all(sound.until is not None for sound in leg.sounds)

    for made in stage.exchange.recordings.all:
        statuses = [each.params["RecordingStatus"] for each in stage.asked("/recorded")]
        assert made.status in ("completed", "absent")
        assert statuses.count("in-progress") == len(stage.exchange.recordings.all) == len(statuses) / 2


def check_room(told: list[dict[str, str]]) -> None:
    assert [each["SequenceNumber"] for each in told] == [str(number) for number in range(1, len(told) + 1)]
    events = [each["StatusCallbackEvent"] for each in told]
    assert events.count("conference-end") == 1
    assert events[-1] == "conference-end"
    assert events.count("conference-start") <= 1
    here: list[str] = []
    for each in told:
        if each["StatusCallbackEvent"] == "participant-join":
            assert each["CallSid"] not in here
            here.append(each["CallSid"])
        elif each["StatusCallbackEvent"] == "participant-leave" and each["CallSid"] in here:
            here.remove(each["CallSid"])
        elif each["StatusCallbackEvent"] == "participant-leave":
            assert each["ParticipantCallStatus"] != "in-progress"  # one who never came
    assert here == []
