"""Strategies for calls in any state that their fields can hold, likely or not; those in writing are `any_text`'s."""

from dataclasses import replace
from typing import Any, get_args

from hypothesis import strategies as st

from callflows.contact import OUTCOMES, Asked, Contact, Stage
from routing.hunt import Hunt, Ring, RingState
from routing.swarm import Becoming, Helper, HelperState, Swarm
from tests.builders import LINE, NOW, TABER
from tests.callflows.anything import CLIENTS, FIRST_HELPER, client_keys, ids, keys, later, some_places

IN_WRITING = ("texting", "conversing")
SPOKEN: tuple[Stage, ...] = tuple(one for one in get_args(Stage) if one not in IN_WRITING)
STEPS = ("", "language", "who", "team", "swarm", "message", "call_back", "a step of yesterday")


def rings(technicians: st.SearchStrategy[str]) -> st.SearchStrategy[Ring]:
    return st.builds(
        Ring,
        number=st.integers(1, 24),
        technician=technicians,
        began=later,
        state=st.sampled_from(get_args(RingState)),
        picked_up=st.just(0) | later,
        pressed=st.just(0) | later,
        key=st.sampled_from(["", "1", "2", "3"]),
        freed=st.booleans(),
        leg=st.sampled_from(["", "CA1"]),
    )


@st.composite
def hunts(draw: st.DrawFn, technicians: st.SearchStrategy[str]) -> Hunt:
    tried = draw(st.lists(technicians, max_size=6, unique=True))
    declined = draw(st.lists(st.one_of(technicians, *map(st.just, tried)), max_size=6, unique=True))
    return Hunt(
        began=draw(later),
        rung=draw(st.integers(0, 24)),
        ring=draw(st.none() | rings(technicians)),
        tried=tuple(tried),
        declined=tuple(declined),
        told=tuple(draw(st.lists(technicians, max_size=3, unique=True))),
    )


@st.composite
def swarms(draw: st.DrawFn, technicians: st.SearchStrategy[str]) -> Swarm:
    """A swarm in any state that its helpers' legs can bring it to."""
    people = draw(st.lists(technicians, min_size=1, max_size=5, unique=True))
    began, arrived = draw(later), draw(st.just(0) | later)
    return Swarm(
        number=draw(st.integers(1, 3)),
        began=began,
        helpers=tuple(
            draw(helpers(FIRST_HELPER + place, key, began, met=bool(arrived))) for place, key in enumerate(people)
        ),
        arrived=arrived,
        moving=draw(st.booleans()),
        pod=draw(st.booleans()),
        line=tuple(people),
        faults=draw(st.integers(0, 3)),
        rounds=draw(st.integers(0, 8)),
        asked_by=draw(st.just("") | technicians),
        skill=draw(st.sampled_from(["", "", "gis"])),
    )


@st.composite
def helpers(draw: st.DrawFn, ring: int, technician: str, began: int, *, met: bool) -> Helper:
    """Whoever passes is gone in the same turn."""
    state: HelperState = draw(st.sampled_from([one for one in get_args(HelperState) if one != "passed"]))
    rang = began if state not in ("invited", "unplaced") else 0
    picked_up = draw(st.just(0) | later) if state in ("screening", "taken", "gone") else 0
    return Helper(
        ring=ring,
        technician=technician,
        began=began,
        state=state,
        placed=rang,
        leg=draw(st.sampled_from(["", "CA1"])),
        picked_up=picked_up,
        pressed=draw(later) if state == "taken" else 0,
        key="1" if state == "taken" else "",
        joined=draw(st.just(0) | later) if state == "taken" else 0,
        met=draw(st.just(0) | later) if met and state in ("taken", "gone") else 0,
        freed=state in ("gone", "unplaced"),
        bridged=draw(st.booleans()) if met and state in ("taken", "gone") else False,
        asked=draw(st.sampled_from([False, False, True])),
    )


def intents(technicians: st.SearchStrategy[str]) -> st.SearchStrategy[Becoming]:
    """That the talk becomes a conference: still counting, or over."""
    now = int(NOW.timestamp() * 1000)
    return st.builds(
        Becoming,
        ring=st.integers(1, 24) | st.just(FIRST_HELPER),
        until=st.sampled_from([now - 1, now + 9000]),
        helps=st.booleans(),
        skill=st.sampled_from(["", "gis"]),
        joining=st.lists(technicians, min_size=1, max_size=2, unique=True).map(tuple),
        entered=st.just(0) | later,
    )


def fitting(contact: Contact) -> Contact:
    """The same contact with a swarm where its stage has one, and none elsewhere."""
    at, swarm = int(NOW.timestamp() * 1000), contact.swarm
    match contact.stage:
        case "waiting":
            helpers = tuple(replace(one, met=0) for one in swarm.helpers) if swarm else ()
            swarm = replace(swarm or Swarm(1, at), helpers=helpers, line=(), arrived=0)
        case "conferring":
            swarm = replace(swarm or Swarm(1, at), line=(), arrived=swarm.arrived or at if swarm else at)
        case "hunting" if swarm:
            swarm = replace(swarm, helpers=(), moving=False)
        case _:
            swarm = None
    becoming = contact.becoming if contact.stage in ("hunting", "conferring") else None
    return replace(contact, swarm=swarm, becoming=becoming)


# Each question with the options that it is asked with.
QUESTIONS: dict[str, st.SearchStrategy[tuple[str, ...]]] = {
    **dict.fromkeys(("place", "call_back", "number_right", "number", "cut_off"), st.just(())),
    **dict.fromkeys(("menu", "errand_again", "errand_reached", "waiting"), st.just(())),
    "menu_step": st.sampled_from(STEPS).map(lambda name: (name,)),
    **dict.fromkeys(("municipality", "from", "confirm"), some_places),
    **dict.fromkeys(("matter", "promises"), st.sampled_from([("1",), ("2", "1")])),
    "client": st.lists(st.sampled_from([*CLIENTS, "gone"]), max_size=3, unique=True).map(tuple),
    "language": st.sampled_from([("fr", "en"), ("en",)]),
}


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    kind = draw(st.sampled_from(list(QUESTIONS)))
    return Asked(kind, draw(QUESTIONS[kind]), draw(st.integers(0, 2)))


def contacts(technicians: st.SearchStrategy[str] = keys, stages: Any = SPOKEN) -> st.SearchStrategy[Contact]:
    """A call in any state that its fields can hold, likely or not."""
    return st.builds(
        Contact,
        contact=st.just("contact"),
        stage=st.sampled_from(stages),
        step=st.sampled_from(STEPS),
        moves=st.integers(0, 60),
        heard=st.booleans(),
        flow=ids,
        version=st.integers(0, 10**6),
        line=st.sampled_from(["", LINE]),
        client=client_keys | ids,
        municipality=st.sampled_from(["", TABER.municipality]),
        pod=st.sampled_from(["", "south"]),
        language=st.sampled_from(["", "en", "fr"]),
        matter=st.integers(0, 3) | st.integers(0, 10**6),
        owner=technicians | st.just(""),
        known_number=st.booleans(),
        hunt=st.just(Hunt()) | hunts(technicians),
        talked=st.lists(technicians, max_size=4, unique=True).map(tuple),
        returns=st.integers(0, 3),
        due=st.sampled_from([0, int(NOW.timestamp())]),
        promised=st.booleans(),
        message=st.booleans(),
        sound=st.booleans(),
        fell_back=st.booleans(),
        left=st.booleans(),
        asked=st.none() | questions(),
        failed=st.integers(0, 2),
        trusted=st.booleans(),
        chosen=st.booleans(),
        number=st.sampled_from(["", "+14035550177"]),
        technician=st.just("") | technicians,
        errand=st.sampled_from(["", "another"]),
        callbacks=st.integers(0, 6),
        noting=st.integers(0, 3),
        noted=st.sampled_from(["", "RE1", "RE2"]),
        swarm=st.none() | swarms(technicians),
        swarms=st.integers(0, 3),
        called=st.lists(technicians, max_size=4, unique=True).map(tuple),
        swarmed=st.booleans(),
        becoming=st.none() | intents(technicians),
        dismissed=st.booleans(),
        outcome=st.none() | st.sampled_from(OUTCOMES),
    ).map(fitting)
