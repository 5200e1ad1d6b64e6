"""What may happen next around a call, drawn at random: people who press, telephones that go silent, late reports."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from callflows.actions import Ask, DialOther, Record
from callflows.events import (
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
from callflows.text_events import HelperVerb, TechnicianAsked
from routing.floor import Reservation
from tests.callflows.anything import TIMERS, found, may_meet, presences
from tests.callflows.call import CALL
from tests.callflows.crowd import Crowd
from tests.callflows.rules import IN_SWARM, asks_for_caller
from tests.callflows.telephones import Leg

Draw = st.DataObject
Move = Callable[[Crowd, Draw], None]

lengths = st.sampled_from([None, 1, 2, 30])
OURS: list[Event] = [
    *(TimerFired(CALL, timer) for timer in TIMERS),
    TextSent(CALL, "ana", "owner_notice", "queued"),
]
seldom = st.sampled_from([False] * 12 + [True])


def one_of(draw: Draw, found: list[Leg]) -> Leg:
    return draw.draw(st.sampled_from(found))


def we_answer_the_caller(world: Crowd, draw: Draw) -> None:
    world.answer(broken=draw.draw(seldom))


def we_answer_a_technician(world: Crowd, draw: Draw) -> None:
    world.reply_to(one_of(draw, world.asking()), broken=draw.draw(seldom))


def a_technician_picks_up_or_presses(world: Crowd, draw: Draw) -> None:
    world.passes(draw.draw(st.integers(0, 9)))
    leg = one_of(draw, world.free())
    if leg.state == "listening":
        leg.asks = KeyPressed(leg.sid, leg.ring, draw.draw(st.sampled_from(["1", "1", "1", "2", "3", "7", ""])))
    else:
        leg.asks = LegPickedUp(leg.sid, leg.ring)


def a_telephone_goes_silent(world: Crowd, draw: Draw) -> None:
    world.passes(draw.draw(st.integers(0, 20)))
    leg = one_of(draw, world.free())
    status = draw.draw(st.sampled_from(["no-answer", "busy", "failed", "canceled"]))
    world.hang_up(leg, status if leg.state == "ringing" else "completed")


def a_technician_does_not_wait_for_our_answer(world: Crowd, draw: Draw) -> None:
    world.hang_up(one_of(draw, world.asking()))


def a_conversation_ends(world: Crowd, draw: Draw) -> None:
    world.hang_up(one_of(draw, world.talking()))


def the_caller_hangs_up(world: Crowd, draw: Draw) -> None:
    world.caller_hangs_up(told=draw.draw(st.booleans()), seconds=draw.draw(lengths))


def the_caller_answers_or_stays(world: Crowd, draw: Draw) -> None:
    """By a key, right or wrong, by a number, by words where words are asked for, or not at all."""
    asked = world.verb
    world.floor = replace(world.floor, found=draw.draw(found))
    waits = world.contact.stage == "waiting"
    ways = ["silence"] * 7 + ["key"] if waits else ["key", "key", "key", "number", "words", "silence"]
    how = draw.draw(st.sampled_from(ways))
    if how == "key":
        world.ask(CallerPressed(CALL, draw.draw(st.sampled_from("1111222345890#"))))
    elif how == "number":
        world.ask(CallerPressed(CALL, draw.draw(st.sampled_from(["4035550177", "911", "19005550177", "82237"]))))
    elif how == "words" and isinstance(asked, Ask) and asked.speech:
        said = st.sampled_from(["yes", "no", "oui", *asked.hints, "the one with the bridge"])
        world.ask(CallerSaid(CALL, draw.draw(said)))
    else:
        world.ask(CallerStayed(CALL))


def the_caller_takes_the_offer(world: Crowd, draw: Draw) -> None:
    world.ask(CallerPressed(CALL, draw.draw(st.sampled_from(["1", "1", "1", "4"]))))


def a_client_picks_up(world: Crowd, draw: Draw) -> None:
    world.client_picks_up()


def a_client_is_no_longer_there(world: Crowd, draw: Draw) -> None:
    world.passes(draw.draw(st.integers(0, 60)))
    world.client_is_over(draw.draw(st.sampled_from(["no-answer", "busy", "failed"])))


def the_caller_leaves_a_message(world: Crowd, draw: Draw) -> None:
    world.record(draw.draw(lengths))


def the_fallback_number_is_done(world: Crowd, draw: Draw) -> None:
    status, bridged = draw.draw(st.sampled_from([("completed", True), ("completed", None), ("no-answer", False)]))
    world.ask(FallbackEnded(CALL, status, bridged))


def a_report_arrives(world: Crowd, draw: Draw) -> None:
    world.takes(world.reports.pop(draw.draw(st.integers(0, len(world.reports) - 1))))


def a_report_is_lost(world: Crowd, draw: Draw) -> None:
    world.reports.pop(draw.draw(st.integers(0, len(world.reports) - 1)))


def something_arrives_twice(world: Crowd, draw: Draw) -> None:
    """Of the caller's own leg only while nobody waits: a question that was answered is answered again as it was."""
    waits = world.contact.stage in IN_SWARM
    before = [
        event for event in world.delivered if may_meet(world.contact, event) and not (waits and asks_for_caller(event))
    ]
    world.takes(draw.draw(st.sampled_from(before or OURS[:1])))


def time_passes(world: Crowd, draw: Draw) -> None:
    world.passes(draw.draw(st.sampled_from([1, 2, 5, 20, 61])))
    ours = [event for event in OURS if may_meet(world.contact, event)]
    world.takes(draw.draw(st.sampled_from(ours)))


def somebody_comes_or_goes(world: Crowd, draw: Draw) -> None:
    key = draw.draw(st.sampled_from(sorted(world.floor.standings)))
    world.stand(key, presence=draw.draw(presences))


def another_call_rings_somebody(world: Crowd, draw: Draw) -> None:
    key = draw.draw(st.sampled_from(sorted(world.floor.standings)))
    world.stand(key, reservation=Reservation("another", "ringing", world.floor.at + timedelta(seconds=60)))


# In a swarm.


def a_job_is_done(world: Crowd, draw: Draw) -> None:
    """Twilio's API is away now and then, or doesn't answer."""
    deed = draw.draw(st.sampled_from(world.deeds))
    world.passes(draw.draw(st.sampled_from([0, 1, 2])))
    world.do(deed, api=draw.draw(st.sampled_from(["there"] * 12 + ["away", "silent", "silent, and it rings"])))


def all_jobs_are_done(world: Crowd, draw: Draw) -> None:
    world.passes(1)
    for deed in list(world.deeds):
        world.do(deed)


def all_reports_arrive(world: Crowd, draw: Draw) -> None:
    while world.reports:
        a_report_arrives(world, draw)


def we_answer_a_helper(world: Crowd, draw: Draw) -> None:
    world.answer_helper(draw.draw(st.sampled_from(world.questions())), broken=draw.draw(seldom))


def a_helper_picks_up_or_presses(world: Crowd, draw: Draw) -> None:
    world.passes(draw.draw(st.integers(0, 9)))
    leg = draw.draw(st.sampled_from(list(world.idle())))
    if leg.state == "listening":
        leg.asks = KeyPressed(leg.sid, leg.ring, draw.draw(st.sampled_from(["1", "1", "1", "1", "2", "3", "7", ""])))
    else:
        leg.asks = LegPickedUp(leg.sid, leg.ring)


def a_helpers_telephone_goes_silent(world: Crowd, draw: Draw) -> None:
    world.passes(draw.draw(st.integers(0, 20)))
    leg = draw.draw(st.sampled_from(list(world.idle())))
    world.hangs_up(leg, draw.draw(st.sampled_from(["no-answer", "busy", "failed"])))


def a_helper_leaves_the_room(world: Crowd, draw: Draw) -> None:
    world.passes(draw.draw(st.sampled_from([0, 1, 5, 60])))
    world.hangs_up(draw.draw(st.sampled_from(world.inside())))


# Out of a talk of two.


def a_technician_wants_help(world: Crowd, draw: Draw) -> None:
    world.passes(draw.draw(st.sampled_from([1, 5, 30])))
    talking = one_of(draw, world.talking()).technician
    world.takes(TechnicianAsked("", talking, "swarm", draw.draw(st.sampled_from(["", "gis"]))))


def somebody_wants_to_join(world: Crowd, draw: Draw) -> None:
    who = draw.draw(st.sampled_from(sorted(world.floor.standings)))
    verbs: list[HelperVerb] = ["join", "swarm"]
    world.takes(TechnicianAsked("", who, draw.draw(st.sampled_from(verbs))))


def a_timer_fires(world: Crowd, draw: Draw) -> None:
    due = world.timers.pop(0)
    world.passes(max((due.due_at - world.floor.at).total_seconds(), 0))
    world.takes(TimerFired("", due.timer))


def possible(world: Crowd) -> list[Move]:
    """What may happen now; what is likelier stands there more often."""
    waits = world.contact.stage in IN_SWARM
    moves: list[tuple[int, object, Move]] = [
        (8, world.asks, we_answer_the_caller),
        (6, world.asking(), we_answer_a_technician),
        (1, world.asking(), a_technician_does_not_wait_for_our_answer),
        (5, world.free(), a_technician_picks_up_or_presses),
        (3, world.free(), a_telephone_goes_silent),
        (4, world.talking(), a_conversation_ends),
        (6, world.talking(), a_technician_wants_help),
        (1, world.floor.standings and world.contact.line, somebody_wants_to_join),
        (2, world.timers, a_timer_fires),
        (3 if waits else 6, isinstance(world.verb, Ask), the_caller_answers_or_stays),
        (6, world.offer, the_caller_takes_the_offer),
        (4, world.verb and world.client == "ringing", a_client_picks_up),
        (3, world.verb and world.client, a_client_is_no_longer_there),
        (6, isinstance(world.verb, Record), the_caller_leaves_a_message),
        (6, isinstance(world.verb, DialOther), the_fallback_number_is_done),
        (2, world.deeds, a_job_is_done),
        (6, world.deeds, all_jobs_are_done),
        (2, len(world.reports) > 1, all_reports_arrive),
        (12, world.questions(), we_answer_a_helper),
        (12, list(world.idle()), a_helper_picks_up_or_presses),
        (2, list(world.idle()), a_helpers_telephone_goes_silent),
        (3, world.inside(), a_helper_leaves_the_room),
        (1, world.caller_there and (not waits or world.story("swarm_joined")), the_caller_hangs_up),
        (1, waits and world.caller_there and len(world.turns) > 12, the_caller_hangs_up),
        (3, world.reports, a_report_arrives),
        (1, world.reports, a_report_is_lost),
        (1, world.delivered, something_arrives_twice),
        (1, world.contact.line, time_passes),
        (1, world.floor.standings, somebody_comes_or_goes),
        (1, world.floor.standings, another_call_rings_somebody),
    ]
    return [move for weight, may, move in moves if may for _ in range(weight)]


AFTER_THE_END = 5


def happen(world: Crowd, draw: Draw, steps: int) -> None:
    """So many of them, and a few after the end. Spread by a prime: hypothesis likes the ends of a list best."""
    after = 0
    for _ in range(steps):
        after += world.contact.is_over
        if after > AFTER_THE_END and world.is_quiet:
            break
        found = possible(world)
        found[draw.draw(st.integers(0, 65_535)) * 7919 % len(found)](world, draw)
