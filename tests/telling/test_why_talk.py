"""A talk into which others were called: its story, and why those were rung."""

from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callflows.events import DialEnded, TechnicianMoved
from callflows.text_events import HelperVerb, TechnicianAsked
from routing.floor import Floor, Standing
from telling.words import words
from tests.callflows.anything import staffed_floor
from tests.callflows.crowd import Crowd
from tests.callflows.moves import Draw, a_technician_wants_help, possible
from tests.callflows.test_any_swarm import talks, the_caller_who_stays_comes_to_an_end
from tests.telling.kept import KeptCall, crew, crew_call, everything, printed

LEG = "CA1"


def skilled() -> tuple[Standing, ...]:
    """Dan and Fay, who is away, know about water."""
    knows = {"dan": ("Water",), "fay": ("water",)}
    return tuple(
        replace(one, technician=replace(one.technician, skills=knows.get(one.technician.technician, ())))
        for one in crew()
    )


def asks(call: KeptCall, who: str, verb: HelperVerb, skill: str = "") -> None:
    call.takes(TechnicianAsked("", who, verb, skill))


def conference(who: str, verb: HelperVerb, skill: str = "") -> KeptCall:
    call = crew_call(*skilled())
    call.accepts()
    call.passes(30)
    asks(call, who, verb, skill)
    call.takes(TechnicianMoved(LEG, 1))
    call.takes(DialEnded(LEG, 1, "completed", True))
    return call


def one_with_the_skill_passes_and_another_comes() -> KeptCall:
    call = conference("ana", "swarm", "water")
    call.placed("dan")
    call.passes(6)
    call.helper_declines("dan")
    call.placed("ben", "eve")
    call.passes(5)
    call.helper_accepts("eve")
    asks(call, "gus", "join")
    call.placed("gus")
    call.helper_accepts("gus")
    call.passes(60)
    call.over()
    return call


def test_why_those_were_rung() -> None:
    (swarm,) = one_with_the_skill_passes_and_another_comes().why().swarms
    assert [(one.technician, one.outcome) for one in swarm.plan] == [("dan", "declined")]
    left_out = [(one.technician, one.reason) for one in swarm.left_out]
    assert left_out == [("ana", "rung_before"), ("ben", "without_skill"), ("eve", "without_skill"), ("fay", "away")]
    assert swarm.opened == "Ana, who was on the telephone with them, asked for help."
    assert swarm.notes[:2] == (
        "Nobody of these came, so these were rung next: Ben and Eve.",
        "By their own wish: Gus.",
    )
    assert swarm.owner[0].startswith("Ana")
    assert swarm.end[-1].endswith("the caller hung up.")


def test_the_story_in_both_languages() -> None:
    call = one_with_the_skill_passes_and_another_comes()
    told = " ".join(call.retold(why=True))
    for part in (
        "Ana called others into the call (water): it became a conference.",
        "Asked to help: Dan.",
        "Asked to help: Ben and Eve.",
        "Rung because they asked to join: Gus.",
        "Ana and the client can hear each other.",
        "others are to come into the call, so Ana's leg is moved",
        "nobody who knows about “water” came, so the others are rung",
        "Ana left the swarm after",
        "Ended: answered by a swarm",
    ):
        assert part in told, part
    french = " ".join(printed(call.why("fr"), "fr").replace("\u00a0", " ").split())
    assert "Ana, au téléphone avec eux, a demandé de l'aide." in french
    assert "sans « water »" in french


def test_a_colleague_who_asked_to_join_is_told_of_as_such() -> None:
    call = conference("gus", "join")
    assert "Gus asked to join the call: it became a conference." in " ".join(call.retold())
    (swarm,) = call.why().swarms
    assert (swarm.opened, swarm.plan) == ("Gus asked to join the call.", ())
    assert "By their own wish: Gus." in everything(call.why())


def test_once_more_whoever_did_not_answer() -> None:
    call = conference("ana", "swarm")
    call.placed("ben", "dan", "eve")
    call.helper_leg_ends("ben", "dan", "eve", status="no-answer")
    call.passes(60)
    asks(call, "ana", "swarm")
    (swarm,) = call.why().swarms
    assert "Nobody of these came, so these were rung next: Ben, Dan and Eve." in swarm.notes


@dataclass
class KeptCrowd(KeptCall, Crowd):
    """A whole world of telephones, whose turns are kept."""


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(staffed_floor(), st.sampled_from([None, None, 2]), st.integers(5, 40), st.data())
def test_any_talk_into_which_others_are_called_is_told_and_explained(
    facts: Floor, free: int | None, steps: int, draw: Draw
) -> None:
    world = talks(facts, 3, free, KeptCrowd)
    assert isinstance(world, KeptCrowd)
    a_technician_wants_help(world, draw)
    for _ in range(steps):
        draw.draw(st.sampled_from(possible(world)))(world, draw)
    the_caller_who_stays_comes_to_an_end(world)
    world.settle()
    told = [*world.retold(why=True), *world.why().way]
    assert not [one for one in told if "no words yet" in one or words().exits[""] in one or "{" in one]
