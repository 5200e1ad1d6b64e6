"""What must hold whatever people do and in whatever order: every leg ends, every Dial is told of exactly once, and
DialBridged says the truth."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.calls.legs import Leg
from simulator.events import Bridged
from simulator.people.scripted import Stage
from simulator.switches import Switches

SEQUENCE = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'


@dataclass(frozen=True)
class Call:
    """A caller who comes at `at` and leaves after `stays`; a callee who picks up after `after` and presses `key`."""

    at: int
    stays: int
    kind: str  # person, voicemail, busy, fails, nobody
    after: int
    key: str
    talks: int
    on_bridge: bool


CALLS = st.lists(
    st.builds(
        Call,
        at=st.integers(0, 30),
        stays=st.integers(1, 120),
        kind=st.sampled_from(["person", "person", "voicemail", "busy", "fails", "nobody"]),
        after=st.integers(0, 25),
        key=st.sampled_from(["1", "2", "3", ""]),
        talks=st.integers(0, 60),
        on_bridge=st.booleans(),
    ),
    min_size=1,
    max_size=5,
)
SWITCHES = st.builds(
    lambda **values: replace(Switches(), **values),
    sibling_status=st.sampled_from(["canceled", "no-answer"]),
    child_status_on_caller_hangup=st.sampled_from(["canceled", "no-answer"]),
    ringing_event=st.sampled_from(["sent", "missing"]),
    unanswered_parent_final=st.sampled_from(["no-answer", "canceled", "completed"]),
)


def number(index: int, of: str) -> str:
    return f"+1403555{of}{index:02d}"


def document(given: dict[str, str], calls: list[Call]) -> str:
    index = int(given["From"][-2:])
    dial = 'answerOnBridge="true"' if calls[index].on_bridge else ""
    callee = f'<Number url="/screen" {SEQUENCE}>{number(index, "20")}</Number>'
    return ("" if dial else "<Say>Hold.</Say>") + f'<Dial timeout="15" action="/after" {dial}>{callee}</Dial>'


class Day:
    def __init__(self, stage: Stage, calls: list[Call]) -> None:
        self.stage, self.calls = stage, calls
        stage.page("/voice", lambda given: document(given, calls))
        stage.page("/after", "<Say>After.</Say>")
        stage.page("/screen", '<Gather numDigits="1" timeout="5" action="/key"/><Hangup/>')
        stage.page("/key", lambda given: "" if given["Digits"] == "1" else "<Hangup/>")

    async def plays(self) -> None:
        clock = self.stage.clock
        for index, call in enumerate(self.calls):
            callee = self.stage.exchange.phone(number(index, "20"))
            if call.kind == "voicemail":
                callee.has_voicemail(after_seconds=call.after)
            elif call.kind == "busy":
                callee.is_busy()
            elif call.kind == "fails":
                callee.fails()
            clock.spawn(self._caller(index, call), f"caller {index}")
        await clock.passes(3600)

    async def _caller(self, index: int, call: Call) -> None:
        exchange, clock = self.stage.exchange, self.stage.clock
        await clock.sleep(call.at)
        leg = exchange.calls.comes_in(exchange.phone(number(index, "10")), str(self.stage.line))
        if call.kind == "person":
            clock.spawn(self._callee(index, call), f"callee {index}")
        await clock.wait(leg.over, timeout=call.stays)
        exchange.hang_up(leg)

    async def _callee(self, index: int, call: Call) -> None:
        exchange, clock = self.stage.exchange, self.stage.clock
        await clock.sleep(call.after)
        leg = exchange.phone(number(index, "20")).ringing
        if leg is None:
            return
        leg.answers()
        await clock.sleep(1)
        if call.key:
            exchange.press(leg, call.key)
        await clock.wait(leg.over, timeout=call.talks)
        exchange.hang_up(leg)


@settings(max_examples=60, deadline=None)
@given(CALLS, SWITCHES)
def test_a_day_of_calls(calls: list[Call], switches: Switches) -> None:
    with asyncio.Runner() as runner:
        stage = Stage(runner.run, switches)
        runner.run(Day(stage, calls).plays())
        check(stage)


def check(stage: Stage) -> None:
    exchange = stage.exchange
    bridged = {event.other.sid for event in exchange.events if isinstance(event, Bridged)}
    told: dict[str, list[dict[str, str]]] = {}
    for request in stage.asked("/leg"):
        told.setdefault(request.params["CallSid"], []).append(request.params)
    for leg in exchange.legs.values():
        assert leg.is_over, leg
        assert leg.ended_at is not None
        if leg.direction == "outbound-dial":
            check_child(leg, told.get(leg.sid, []))
    actions = [request.params for request in stage.asked("/after")]
    children = {leg.sid: leg for leg in exchange.legs.values() if leg.parent}
    assert sorted(action["DialCallSid"] for action in actions) == sorted(children)
    for action in actions:
        assert (action["DialBridged"] == "true") == (action["DialCallSid"] in bridged)
        if children[action["DialCallSid"]].answered_at is None:
            assert action["DialCallStatus"] != "completed"
        else:
            assert action["DialCallStatus"] == "completed"


def check_child(leg: Leg, told: list[dict[str, Any]]) -> None:
    assert [each["SequenceNumber"] for each in told] == [str(index) for index in range(len(told))]
    assert told[0]["CallStatus"] == "initiated"
    assert told[-1]["CallStatus"] == leg.status
    assert told[-1]["CallDuration"] == str(leg.seconds())
