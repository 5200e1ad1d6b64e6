"""Any text, in any state, on any floor: nothing is sent to whom it may not, and no text of a client is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.advance import advance
from callflows.contact import Contact
from callflows.events import Event
from callflows.parts.ending import outcome_of
from callflows.text_events import HelperVerb, TechnicianAsked, TechnicianWrote
from routing.floor import Floor, Presence
from tests.builders import CALLER, WORKDAYS, changed
from tests.callflows.any_text import CODES, FATES, may_come, text_contacts, text_events, text_floor, texts_version
from tests.callflows.anything import presences, reservations, staffed_floor
from tests.callflows.moves import Draw, seldom
from tests.callflows.post import Post, post
from tests.callflows.text_rules import check_text_turn
from tests.often import often

AT_LAST = datetime(2040, 1, 1, tzinfo=UTC)
weeks = st.sampled_from(["24/7", WORKDAYS, "Sun 01:00-02:00", ""])
under_way = st.tuples(text_contacts(), text_events()).filter(lambda now: may_come(*now))


@settings(deadline=None, max_examples=often(60), suppress_health_check=[HealthCheck.too_slow])
@given(under_way, text_floor(), weeks)
def test_no_state_of_a_conversation_sends_what_it_may_not(now: tuple[Contact, Event], facts: Floor, week: str) -> None:
    contact, event = now
    contact = replace(contact, outcome=outcome_of(contact) if contact.is_over else None)
    check_text_turn(contact, event, facts, advance(texts_version(week), contact, event, facts))


Move = Callable[[Post, Draw], None]
WORDS = ("The printer is on fire", "Please call me", "Taber", "yes", "no", "1", "2", "bill", "", "👍", "x" * 200)
OPT_WORDS = ("STOP", "Arrêt", "START", "aide", "HELP")


def the_client_writes(world: Post, draw: Draw) -> None:
    world.passes(seconds=draw.draw(st.sampled_from([1, 5, 90, 700])))
    world.writes(draw.draw(st.sampled_from(WORDS)))


def the_client_writes_a_word_of_twilios(world: Post, draw: Draw) -> None:
    world.writes(draw.draw(st.sampled_from(OPT_WORDS)))


def a_flood(world: Post, draw: Draw) -> None:
    for _ in range(draw.draw(st.integers(8, 14))):
        world.passes(seconds=1)
        world.writes("Hello?")


def time_passes(world: Post, draw: Draw) -> None:
    world.passes(minutes=draw.draw(st.sampled_from([1, 12, 61, 400, 1500])))


def a_timer_fires(world: Post, draw: Draw) -> None:
    """Late, in any order, now and then twice."""
    timer = draw.draw(st.sampled_from(world.due()))
    world.fire(timer, again=draw.draw(seldom))


def all_timers_fire(world: Post, draw: Draw) -> None:
    for timer in world.due():
        if timer in world.timers:
            world.fire(timer)


def a_text_has_its_fate(world: Post, draw: Draw) -> None:
    place = draw.draw(st.integers(0, len(world.fates) - 1))
    contact, sent = world.fates[place] if draw.draw(seldom) else world.fates.pop(place)
    status, code = draw.draw(st.sampled_from(FATES)), draw.draw(st.sampled_from(CODES))
    world.takes(replace(sent, status=status, detail=code), contact)


def a_technician_answers(world: Post, draw: Draw) -> None:
    key = draw.draw(st.sampled_from(sorted(world.floor.standings)))
    world.count += 1
    world.takes(TechnicianWrote(f"SM{world.count}", key, "I am on it"))


def a_technician_wants_something(world: Post, draw: Draw) -> None:
    key = draw.draw(st.sampled_from(sorted(world.floor.standings)))
    verbs: list[HelperVerb] = ["take", "join", "given", "mute", "mute", "swarm"]
    verb = draw.draw(st.sampled_from(verbs))
    world.takes(TechnicianAsked("SM0", key, verb))


def a_technician_closes_it(world: Post, draw: Draw) -> None:
    key = draw.draw(st.sampled_from(sorted(world.floor.standings)))
    if draw.draw(st.booleans()):
        world.closes_the_matter()
    world.takes(TechnicianAsked("SM0", key, "close"))


def the_matter_is_closed_by_telephone(world: Post, draw: Draw) -> None:
    world.closes_the_matter()


def somebody_comes_or_goes(world: Post, draw: Draw) -> None:
    key = draw.draw(st.sampled_from(sorted(world.floor.standings)))
    world.floor = changed(world.floor, key, presence=draw.draw(presences), reservation=draw.draw(reservations))


def possible(world: Post) -> list[Move]:
    """What may happen now; what is likelier stands there more often."""
    goes_on = bool(world.current) and not world.contact.is_over
    conversing = world.contact.stage == "conversing"
    moves: list[tuple[int, object, Move]] = [
        (8, True, the_client_writes),
        (2, True, the_client_writes_a_word_of_twilios),
        (1, True, a_flood),
        (5, True, time_passes),
        (4, world.due(), a_timer_fires),
        (4, world.due(), all_timers_fire),
        (4, world.fates, a_text_has_its_fate),
        (4, conversing and world.contact.matter, a_technician_answers),
        (4, conversing and world.contact.matter, a_technician_wants_something),
        (1, goes_on and world.contact.matter, a_technician_closes_it),
        (1, goes_on and world.contact.matter, the_matter_is_closed_by_telephone),
        (3, world.floor.standings, somebody_comes_or_goes),
    ]
    return [move for weight, may, move in moves if may for _ in range(weight)]


@settings(deadline=None, max_examples=often(50), suppress_health_check=[HealthCheck.too_slow])
@given(
    staffed_floor(), weeks, st.sampled_from([CALLER, CALLER, "whatsapp:+14035550120"]), st.integers(5, 40), st.data()
)
def test_no_text_of_a_client_is_lost_and_none_is_sent_without_end(
    facts: Floor, week: str, peer: str, steps: int, draw: Draw
) -> None:
    world = post(texts_version(week), facts, peer)
    for _ in range(steps):
        moves = possible(world)
        moves[draw.draw(st.integers(0, 65_535)) * 7919 % len(moves)](world, draw)
    for key in world.floor.standings:  # somebody is at work in the end
        world.floor = changed(world.floor, key, presence=Presence("available", world.floor.at, AT_LAST))
    world.settle()
