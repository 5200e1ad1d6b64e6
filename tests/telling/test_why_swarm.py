"""Who was called in to help, and why: tables of calls, and what is told of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.events import CallArrived
from routing.floor import Floor, Reservation
from telling.words import words
from tests.builders import CALLER, LINE, NORTH, NOW, matter, pod, standing, unknown_floor, version
from tests.callflows.anything import PEOPLE, staffed_floor
from tests.callflows.call import CALL
from tests.callflows.crowd import Crowd
from tests.callflows.moves import Draw, possible
from tests.callflows.test_any_swarm import STRAIGHT_TO_THE_SWARM, the_caller_who_stays_comes_to_an_end
from tests.telling.kept import NORTHERNERS, KeptCall, crew, crew_call, everything, printed

BUSY = Reservation("another", "on_call", None)


def nobody_of_the_pod(call: KeptCall) -> None:
    """Ana passes, Ben does not answer."""
    call.passes(6)
    call.declines()
    call.passes(20)
    call.unanswered()


def two_join_and_the_first_leaves() -> KeptCall:
    call = crew_call(*crew(dan={"last_talked_at": NOW}))
    nobody_of_the_pod(call)
    call.placed("eve", "dan")
    call.passes(12)
    call.stays_silent()
    call.helper_accepts("eve")
    call.moved()
    call.passes(5)
    call.helper_accepts("dan")
    call.passes(60)
    call.leaves_room("eve")
    call.passes(60)
    call.over()
    return call


def one_asks_for_help() -> KeptCall:
    """Ana presses 3; Dan passes, Eve presses nothing, Ben does not answer, and nobody comes."""
    call = crew_call(matter=matter(12, "ben"))
    call.declines("2")
    call.declines("3")
    call.placed("dan", "eve")
    call.helper_declines("dan")
    call.helper_picks_up("eve")
    call.passes(10)
    call.helper_leg_ends("eve")
    call.stays_silent()
    return call


def a_stranger_waits() -> KeptCall:
    call = KeptCall(
        unknown_floor(*crew(), pods={**pod(), "north": NORTH}),
        version("ana", "ben", own_hours=dict.fromkeys(NORTHERNERS, "24/7")),
    )
    call.arrives()
    call.stays_silent()
    call.stays_silent()
    call.placed("dan")
    call.helper_picks_up("dan")
    return call


def a_pod_rings_all_at_once() -> KeptCall:
    """The matter's owner first, then the two others together; nobody comes, and the client leaves a message."""
    people = (*crew()[:2], standing("cho"), *crew()[2:])
    call = crew_call(
        *people,
        strategy="simultaneous",
        matter=matter(12, "ben"),
        of=version("ana", "ben", "cho", own_hours=dict.fromkeys(NORTHERNERS, "24/7")),
    )
    call.passes(20)
    call.unanswered()
    call.placed("ana", "cho")
    call.passes(20)
    call.helper_leg_ends("ana", "cho", status="no-answer")
    call.stays_silent()
    call.answers("2")
    return call


def twilios_api_is_away() -> KeptCall:
    call = crew_call()
    nobody_of_the_pod(call)
    call.unplaced("dan", "eve")
    call.passes(12)
    call.stays_silent()
    call.declines()
    call.talks()
    call.over()
    return call


def nobody_can_be_rung() -> KeptCall:
    return crew_call(*(standing(key, reservation=BUSY) for key in ("ana", "ben")), standing("gus", pod="north"))


def a_call_back_is_wanted() -> KeptCall:
    call = crew_call(legs_free=1)
    nobody_of_the_pod(call)
    call.placed("dan")
    call.passes(120)
    call.answers("1")
    return call


def the_time_is_over() -> KeptCall:
    call = crew_call()
    nobody_of_the_pod(call)
    call.placed("dan")
    call.passes(59)
    call.stays_silent()
    call.passes(70)
    call.stays_silent()
    return call


def one_is_alone_with_the_client_and_goes() -> KeptCall:
    call = crew_call()
    nobody_of_the_pod(call)
    call.placed("dan", "eve")
    call.helper_accepts("dan")
    call.moved()
    call.passes(30)
    call.helper_leg_ends("eve", status="canceled")
    call.leaves_room("dan")
    call.moved()
    return call


# What was played; each swarm's people: technician, why there, what became of them; who was left out; parts of what is
# told.
CASES: list[tuple[Callable[[], KeptCall], list[str], list[str], list[str]]] = [
    (
        two_join_and_the_first_leaves,
        ["eve opted_in accepted, dan opted_in accepted"],
        ["ana declined, ben rung_before, fay away"],
        [
            "Nobody of pod South took the call.",
            "opted in to help every pod (of pod North), never talked | joined after 12 s, left after 1 min 5 s with",
            "opted in to help every pod (of pod North), last talked 3 Nov 10:00 | joined after 17 s, left after 2 min",
            "Left out, has passed this call already: Ana.",
            "Left out, was rung for this call already: Ben.",
            "Left out, away: Fay.",
            "One other technician has not opted in",
            "Eve became the owner, Tue 3 Nov 10:00:38: the first there to press 1.",
            "Dan was the next owner, Tue 3 Nov 10:01:43: Eve had left",
            "It ended, Tue 3 Nov 10:02:43: the caller hung up.",
        ],
    ),
    (
        one_asks_for_help,
        ["dan opted_in declined, eve opted_in not_screened"],
        ["ben declined, ana declined, fay away"],
        [
            "Ana pressed 3, which calls in everybody who can help.",
            "The end of it: Ana called in everybody who can help.",
            "Called in everybody who can help. Behind them nobody was free to be rung.",
            "ring 2: called in everybody who can help",
            "passed after 0 s",
            "picked up, pressed no key",
            "Nobody joined, so nobody became the owner.",
            ": nobody came.",
        ],
    ),
    (
        a_stranger_waits,
        ["dan opted_in screening, eve opted_in invited"],
        ["fay away"],
        [
            "It is not known which pod serves the caller",
            "hears what it is about",
            "Nobody has joined yet.",
            "It goes on.",
        ],
    ),
    (
        a_pod_rings_all_at_once,
        ["ana order no_answer, cho order no_answer", "dan opted_in never_rang, eve opted_in never_rang"],
        ["ben rung_before", "ana rung_before, cho rung_before, ben rung_before, fay away"],
        [
            "Pod South rings its people all at once, and 2 of them could be rung.",
            "1st in pod South's order, simultaneous | rung at once with the others of the pod",
            "No answer in 20 s, so the others of the pod were rung all at once.",
            "Nobody but pod South was to be rung.",
            "Pod South had been rung all at once, and nobody came.",
            "the client leaves a message.",
        ],
    ),
    (
        twilios_api_is_away,
        ["dan opted_in unplaced, eve opted_in unplaced"],
        ["ana declined, ben rung_before, fay away"],
        [
            "could not be rung: Twilio's API was away",
            "To be rung one by one from the client's own call, as Twilio's API was away: Dan and Eve.",
            "Rung one by one, because Twilio's API was away, Tue 3 Nov 10:00:38:",
            "1st of those whom Twilio's API could not ring | ring 5: passed it on",
            "2nd of those whom Twilio's API could not ring | ring 6: took it after 0 s",
        ],
    ),
    (
        nobody_can_be_rung,
        [""],
        ["ana on_call, ben on_call"],
        ["A swarm was wanted, Tue 3 Nov 10:00:00, but nobody could be rung for it", "has not opted in"],
    ),
    (
        a_call_back_is_wanted,
        ["dan opted_in canceled"],
        ["ana declined, ben rung_before, eve concurrent_calls, fay away"],
        ["rang 2 min 0 s, then was no longer needed", "Left out, the account may have no more calls at once: Eve."],
    ),
    (
        the_time_is_over,
        ["dan opted_in no_answer, eve opted_in never_rang"],
        ["ana declined, ben rung_before, fay away"],
        ["not rung any more", ": nobody came."],
    ),
    (
        one_is_alone_with_the_client_and_goes,
        ["dan opted_in accepted, eve opted_in canceled"],
        ["ana declined, ben rung_before, fay away"],
        ["No helper was left with the client, who was taken back, Tue 3 Nov 10:00:56.", ": the helpers have left."],
    ),
]


@pytest.mark.parametrize(("made", "plans", "left_out", "parts"), CASES, ids=[made.__name__ for made, *_ in CASES])
def test_the_swarm_and_what_became_of_it(
    made: Callable[[], KeptCall], plans: list[str], left_out: list[str], parts: list[str]
) -> None:
    found = made().why()
    rows = [[f"{one.technician} {one.because} {one.outcome}" for one in swarm.plan] for swarm in found.swarms]
    assert [", ".join(row) for row in rows] == plans
    assert [", ".join(f"{one.technician} {one.reason}" for one in swarm.left_out) for swarm in found.swarms] == left_out
    told = everything(found)
    assert [part for part in parts if part not in told] == []
    assert max(map(len, printed(found).splitlines())) <= 80


@dataclass
class KeptCrowd(KeptCall, Crowd):
    """A whole world of telephones, whose turns are kept."""


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(staffed_floor(), st.booleans(), st.sampled_from([None, None, 0, 2]), st.integers(10, 50), st.data())
def test_any_call_with_a_swarm_is_told_and_explained(
    facts: Floor, together: bool, free: int | None, steps: int, draw: Draw
) -> None:
    known = replace(facts, legs_free=free)
    if together:
        known = replace(known, pods={**known.pods, **pod("simultaneous")})
    world = KeptCrowd(known, replace(version(*PEOPLE), document={} if together else STRAIGHT_TO_THE_SWARM))
    world.asks = CallArrived(CALL, CALLER, LINE)
    world.answer()
    for _ in range(steps):
        draw.draw(st.sampled_from(possible(world)))(world, draw)
    the_caller_who_stays_comes_to_an_end(world)
    world.settle()
    told = [*world.retold(why=True), *world.why().way]
    assert not [one for one in told if "no words yet" in one or words().exits[""] in one or "{" in one]


def test_all_of_it_is_told_in_french() -> None:
    call = two_join_and_the_first_leaves()
    told = " ".join(printed(call.why("fr"), "fr").replace("\u00a0", " ").split())
    for part in (
        "Pourquoi cette équipe",
        "L'appel venait du (403) 555-0120, le numéro inscrit chez Clara Whitfield.",
        "La fin : il n'y avait personne d'autre à appeler.",
        "Sonnerie 1, Ana : 1re position du plan (1re position dans l'ordre de l'équipe South, linéaire).",
        "On a demandé du renfort, mar. 3 nov., 10:00:26 : - Personne de l'équipe South n'a pris l'appel.",
        "L'appel a été confié à Eve, mar. 3 nov., 10:00:38 : la première personne sur place à faire le 1.",
        "le client a raccroché.",
    ):
        assert part in told
