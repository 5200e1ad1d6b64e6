"""Any call that a world of telephones can bring: nobody is left in silence, nobody stays reserved, all is told once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.actions import Ask, DialOther, Free, MakePromise, Occupy, OpenMatter, Record, Reject, Reserve
from callflows.events import (
    CallArrived,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    Event,
    FallbackEnded,
    KeyPressed,
    LegPickedUp,
    TextSent,
    TimerFired,
)
from routing.floor import Agenda, Floor, Reservation
from tests.builders import CALLER, LINE, PHONE, WORKDAYS, version
from tests.callflows.anything import PEOPLE, TIMERS, agendas, any_floor, found, may_meet, presences, staffed_floor
from tests.callflows.call import CALL, changes_of
from tests.callflows.telephones import Leg, Telephones

Draw = st.DataObject
Move = Callable[[Telephones, Draw], None]

lengths = st.sampled_from([None, 1, 2, 30])
OURS: list[Event] = [
    *(TimerFired(CALL, timer) for timer in TIMERS),
    TextSent(CALL, "ana", "owner_notice", "queued"),
]
seldom = st.sampled_from([False] * 12 + [True])


def one_of(draw: Draw, found: list[Leg]) -> Leg:
    return draw.draw(st.sampled_from(found))


def we_answer_the_caller(world: Telephones, draw: Draw) -> None:
    world.answer(broken=draw.draw(seldom))


def we_answer_a_technician(world: Telephones, draw: Draw) -> None:
    world.reply_to(one_of(draw, world.asking()), broken=draw.draw(seldom))


def a_technician_picks_up_or_presses(world: Telephones, draw: Draw) -> None:
    world.passes(draw.draw(st.integers(0, 9)))
    leg = one_of(draw, world.free())
    if leg.state == "listening":
        leg.asks = KeyPressed(leg.sid, leg.ring, draw.draw(st.sampled_from(["1", "1", "1", "2", "3", "7", ""])))
    else:
        leg.asks = LegPickedUp(leg.sid, leg.ring)


def a_telephone_goes_silent(world: Telephones, draw: Draw) -> None:
    world.passes(draw.draw(st.integers(0, 20)))
    leg = one_of(draw, world.free())
    status = draw.draw(st.sampled_from(["no-answer", "busy", "failed", "canceled"]))
    world.hang_up(leg, status if leg.state == "ringing" else "completed")


def a_technician_does_not_wait_for_our_answer(world: Telephones, draw: Draw) -> None:
    world.hang_up(one_of(draw, world.asking()))


def a_conversation_ends(world: Telephones, draw: Draw) -> None:
    world.hang_up(one_of(draw, world.talking()))


def the_caller_hangs_up(world: Telephones, draw: Draw) -> None:
    world.caller_hangs_up(told=draw.draw(st.booleans()), seconds=draw.draw(lengths))


def the_caller_answers_or_stays(world: Telephones, draw: Draw) -> None:
    """By a key, right or wrong, by a number, by words where words are asked for, or not at all."""
    asked = world.verb
    world.floor = replace(world.floor, found=draw.draw(found))
    how = draw.draw(st.sampled_from(["key", "key", "key", "number", "words", "silence"]))
    if how == "key":
        world.ask(CallerPressed(CALL, draw.draw(st.sampled_from("1111222345890#"))))
    elif how == "number":
        world.ask(CallerPressed(CALL, draw.draw(st.sampled_from(["4035550177", "911", "19005550177", "82237"]))))
    elif how == "words" and isinstance(asked, Ask) and asked.speech:
        said = st.sampled_from(["yes", "no", "oui", *asked.hints, "the one with the bridge"])
        world.ask(CallerSaid(CALL, draw.draw(said)))
    else:
        world.ask(CallerStayed(CALL))


def the_caller_takes_the_offer(world: Telephones, draw: Draw) -> None:
    world.ask(CallerPressed(CALL, draw.draw(st.sampled_from(["1", "1", "1", "4"]))))


def a_client_picks_up(world: Telephones, draw: Draw) -> None:
    world.client_picks_up()


def a_client_is_no_longer_there(world: Telephones, draw: Draw) -> None:
    world.passes(draw.draw(st.integers(0, 60)))
    world.client_is_over(draw.draw(st.sampled_from(["no-answer", "busy", "failed"])))


def the_caller_leaves_a_message(world: Telephones, draw: Draw) -> None:
    world.record(draw.draw(lengths))


def the_fallback_number_is_done(world: Telephones, draw: Draw) -> None:
    status, bridged = draw.draw(st.sampled_from([("completed", True), ("completed", None), ("no-answer", False)]))
    world.ask(FallbackEnded(CALL, status, bridged))


def a_report_arrives(world: Telephones, draw: Draw) -> None:
    world.takes(world.reports.pop(draw.draw(st.integers(0, len(world.reports) - 1))))


def a_report_is_lost(world: Telephones, draw: Draw) -> None:
    world.reports.pop(draw.draw(st.integers(0, len(world.reports) - 1)))


def something_arrives_twice(world: Telephones, draw: Draw) -> None:
    before = [event for event in world.delivered if may_meet(world.contact, event)]
    world.takes(draw.draw(st.sampled_from(before or OURS[:1])))


def time_passes(world: Telephones, draw: Draw) -> None:
    world.passes(draw.draw(st.sampled_from([1, 20, 61])))
    ours = [event for event in OURS if may_meet(world.contact, event)]
    world.takes(draw.draw(st.sampled_from(ours)))


def somebody_comes_or_goes(world: Telephones, draw: Draw) -> None:
    key = draw.draw(st.sampled_from(sorted(world.floor.standings)))
    world.stand(key, presence=draw.draw(presences))


def another_call_rings_somebody(world: Telephones, draw: Draw) -> None:
    key = draw.draw(st.sampled_from(sorted(world.floor.standings)))
    world.stand(key, reservation=Reservation("another", "ringing", world.floor.at + timedelta(seconds=60)))


def possible(world: Telephones) -> list[Move]:
    """What may happen now; what is likelier stands there more often."""
    moves: list[tuple[int, object, Move]] = [
        (8, world.asks, we_answer_the_caller),
        (6, world.asking(), we_answer_a_technician),
        (1, world.asking(), a_technician_does_not_wait_for_our_answer),
        (5, world.free(), a_technician_picks_up_or_presses),
        (3, world.free(), a_telephone_goes_silent),
        (4, world.talking(), a_conversation_ends),
        (6, isinstance(world.verb, Ask), the_caller_answers_or_stays),
        (6, world.offer, the_caller_takes_the_offer),
        (4, world.verb and world.client == "ringing", a_client_picks_up),
        (3, world.verb and world.client, a_client_is_no_longer_there),
        (6, isinstance(world.verb, Record), the_caller_leaves_a_message),
        (6, isinstance(world.verb, DialOther), the_fallback_number_is_done),
        (1, world.caller_there, the_caller_hangs_up),
        (3, world.reports, a_report_arrives),
        (1, world.reports, a_report_is_lost),
        (1, world.delivered, something_arrives_twice),
        (1, world.contact.line, time_passes),
        (1, world.floor.standings, somebody_comes_or_goes),
        (1, world.floor.standings, another_call_rings_somebody),
    ]
    return [move for weight, may, move in moves if may for _ in range(weight)]


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(staffed_floor(), staffed_floor(), any_floor()),
    st.sampled_from(["24/7", "24/7", WORKDAYS, "Sun 01:00-02:00"]),
    st.sampled_from([CALLER, CALLER, ""]),
    st.integers(10, 60),
    st.data(),
)
def test_any_call_ends_well(facts: Floor, week: str, caller: str, steps: int, draw: Draw) -> None:
    known = replace(facts, number=caller)
    ends_well(Telephones(known, version(*PEOPLE, hours=week)), CallArrived(CALL, caller, LINE), steps, draw)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(staffed_floor(), agendas, st.booleans(), st.integers(5, 40), st.data())
def test_any_call_of_a_technician_ends_well(
    facts: Floor, agenda: Agenda | None, trusted: bool, steps: int, draw: Draw
) -> None:
    calling = draw.draw(st.sampled_from(sorted(facts.standings)))
    world = Telephones(replace(facts, calling=calling, agenda=agenda, callers=(), number=PHONE), version(*PEOPLE))
    ends_well(world, CallArrived(CALL, PHONE, LINE, trusted=trusted), steps, draw)


def ends_well(world: Telephones, first: CallArrived, steps: int, draw: Draw) -> None:
    world.asks = first
    for _ in range(steps):
        draw.draw(st.sampled_from(possible(world)))(world, draw)
    world.settle()
    all_is_told_once(world)
    nobody_stays_reserved(world)
    the_outcome_is_true(world)


def all_is_told_once(world: Telephones) -> None:
    started = Counter((one.technician, one.detail["ring"]) for one in world.story("ring_started"))
    ended = Counter((one.technician, one.detail["ring"]) for one in world.story("ring_ended"))
    assert started == ended
    assert len({number for _, number in started}) == started.total()
    assert len(world.story("received")) == len(world.story("ended")) == 1
    assert len(changes_of(world, MakePromise)) == len(world.story("promise_made")) <= 1
    assert len(changes_of(world, OpenMatter)) <= 1
    assert len(world.story("voicemail_left")) <= 1


def nobody_stays_reserved(world: Telephones) -> None:
    last: dict[str, object] = {}
    for one in changes_of(world, Reserve, Occupy, Free):
        last[one.technician] = type(one)
    assert [technician for technician, kind in last.items() if kind is not Free] == []


def the_outcome_is_true(world: Telephones) -> None:
    contact = world.contact
    assert contact.is_over
    if any(leg.talked for leg in world.legs.values()):
        assert contact.outcome == "answered", "they talked"
    if contact.outcome == "answered":
        assert contact.talked or contact.fell_back
    if contact.outcome == "failed":
        assert changes_of(world, Reserve) == [], "whoever was helped was not failed"
        rejected = any(isinstance(one, Reject) for turn in world.turns for one in turn.replies)
        assert rejected or not world.floor.standings, "a person or a promise"
    if contact.outcome in ("voicemail", "callback") and world.floor.standings:
        assert changes_of(world, MakePromise), "an owned promise"
        assert contact.owner
