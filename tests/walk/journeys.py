"""The journeys through a flow: few calls that pass every step by every exit, and end in every step that may end one.

What people do to leave a step by an exit stands in WAYS, by the kind of step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from callflows.step import Flow
from tests.walk.people import Conduct, Journey, Manner, Who
from tests.walk.town import ANA, BEN, DAN, EVE
from tests.walk.ways import Route, Ways, shortest

ALL: tuple[Who, ...] = ("known", "stranger", "withheld")
UNKNOWN: tuple[Who, ...] = ("stranger", "withheld")


@dataclass(frozen=True)
class Way:
    """What people do to leave a step by one exit, or to end the call in it. `who`: callers to whom it may happen."""

    name: str
    who: tuple[Who, ...] = ALL
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conducts: Mapping[str, Conduct] = field(default_factory=dict)
    later: bool = False


def does(who: str, *manners: Manner) -> dict[str, Conduct]:
    return {who: Conduct(manners)}


TAKES, LEAVES = Conduct(), Conduct(stays=(6.0,))
WAYS: Ways[Way] = {
    "language": {
        "next": (
            Way("known", ("known",)),
            Way("asked for the language and silent", UNKNOWN),
            Way("asked, in French", UNKNOWN, {"language": ("2",)}),
        )
    },
    "identify": {
        "next": (
            Way("known by the number", ("known",)),
            Way("names the town", UNKNOWN, {"place": ("Taber",)}),
            Way("spells the town", ("withheld",), {"place": ("82237#",)}),
            Way("doubted, and confirms", UNKNOWN, {"place": ("Tabor",), "confirm": ("1",)}),
        ),
        "unknown": (
            Way("names no town", UNKNOWN),
            Way("names a town that nobody knows", ("withheld",), {"place": ("Constantinople", "99999#")}),
        ),
    },
    "ring": {
        "otherwise": (
            Way("she passes", conducts=does(ANA, "passes")),
            Way("no answer, busy", conducts={ANA: Conduct(("rings out",)), BEN: Conduct(("busy",))}),
            Way("a voicemail, a broken telephone", conducts={ANA: Conduct(("machine",)), BEN: Conduct(("fails",))}),
            Way("no key, a wrong key", conducts={ANA: Conduct(("listens",)), BEN: Conduct(("wrong",))}),
        ),
        "help": (Way("sent on by key 3", conducts=does(ANA, "asks help")),),
        "": (
            Way("the first takes it", conducts={ANA: TAKES}),
            Way("the second takes it and leaves", conducts={ANA: Conduct(("passes",)), BEN: LEAVES}),
            Way(
                "cut off and connected again",
                answers={"cut_off": ("1",)},
                conducts={ANA: Conduct(stays=(5.0, None))},
            ),
            Way(
                "cut off, and says goodbye",
                answers={"cut_off": ("hangs up",)},
                conducts={ANA: Conduct(stays=(5.0, None))},
            ),
        ),
    },
    "swarm": {
        "otherwise": (
            Way("the helper passes", conducts=does(DAN, "passes")),
            Way("helpers do not answer", conducts={DAN: Conduct(("rings out",)), EVE: Conduct(("machine",))}),
            Way("helpers cannot be reached", conducts={DAN: Conduct(("busy",)), EVE: Conduct(("fails",))}),
        ),
        "call_back": (
            Way("asks for a call back while waiting", answers={"waiting": ("1",)}, conducts=does(DAN, "rings out")),
        ),
        "voicemail": (
            Way("leaves a message while waiting", answers={"waiting": ("2",)}, conducts=does(DAN, "rings out")),
        ),
        "": (
            Way("a helper takes it", conducts={DAN: TAKES}),
            Way("two join, the owner leaves", conducts={DAN: LEAVES, EVE: TAKES}),
            Way(
                "the helper leaves, connected again",
                answers={"cut_off": ("1",)},
                conducts={DAN: Conduct(stays=(5.0, None))},
            ),
        ),
    },
    "voicemail": {
        "call_back": (Way("to be called back", answers={"call_back": ("1",)}),),
        "": (
            Way("leaves a message", answers={"tone": ("6",)}),
            Way("says hardly a word", answers={"tone": ("0.6",)}),
            Way("says nothing"),
            Way("hangs up after the message", answers={"tone": ("5 and hangs up",)}),
        ),
    },
    "call_back": {
        "otherwise": (
            Way("no good number", answers={"number_right": ("2",), "number": ("12#", "19005551234#", "911#")}),
        ),
        "": (
            Way("the number is right", answers={"number_right": ("1",)}),
            Way(
                "another number",
                answers={"number_right": ("2", "1"), "number": ("4035550177#",)},
            ),
            Way(
                "called back in time",
                ("known",),
                answers={"number_right": ("1",), "errand_reached": ("1",)},
                later=True,
            ),
            Way(
                "not reached when called back",
                ("known",),
                answers={"number_right": ("1",), "errand_again": ("1", "hangs up")},
                conducts={"client": Conduct(("rings out",))},
                later=True,
            ),
        ),
    },
}
# A technician who calls a line gets a menu instead of the flow (DESIGN 5, "Keys").
MENUS = (
    Journey(
        "a technician notes and closes",
        "technician",
        {"menu": ("1",), "matter": ("1", "2"), "tone": ("5",)},
        is_after_a_talk=True,
    ),
    Journey("a technician goes off duty", "technician", {"menu": ("4",)}),
    Journey(
        "a technician calls the client back",
        "technician",
        {"menu": ("2", "hangs up"), "errand_reached": ("1",)},
        is_after_a_talk=True,
    ),
)


def journeys(flow: Flow) -> list[Journey]:
    return [*shortest(flow, WAYS, along), *MENUS]


def along(route: Route[Way]) -> Journey | None:
    """What people do on all of the way; None if it can't be the same call."""
    callers = [who for who in ALL if all(who in way.who for _, _, way in route)]
    if not callers:
        return None
    answers: dict[str, tuple[str, ...]] = {}
    conducts: dict[str, Conduct] = {}
    for _, _, way in route:
        for topic, given in way.answers.items():
            answers[topic] = (*answers.get(topic, ()), *given)
        for person, conduct in way.conducts.items():
            before = conducts.get(person)
            conducts[person] = conduct if before is None else Conduct(before.manners, conduct.stays)
    name = ", ".join(way.name for _, _, way in route)
    return Journey(name, callers[0], answers, conducts, later=any(way.later for _, _, way in route))
