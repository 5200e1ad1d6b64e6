"""The journeys through a flow of texts: few conversations that pass every step by every exit, and in which all follows
that may follow. What people write to leave a step by an exit stands in WAYS, by the kind of step."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from callflows.step import Flow
from tests.walk.people import Conduct
from tests.walk.texts.people import Journey, Line, writes
from tests.walk.texts.town import DALE
from tests.walk.town import ANA, DAN, EVE
from tests.walk.ways import Route, Ways, shortest

CALLERS = ("clara", "dale", "florence")
UNKNOWN = ("a stranger", "the couple")


EVERYBODY = (*CALLERS, *UNKNOWN)


@dataclass(frozen=True)
class Way:
    """What people write to leave a step by one exit, or what follows in it. `who`: those to whom it may happen;
    "client" in its lines is that one. `more`: what else is to be known of the journey."""

    name: str
    lines: tuple[Line, ...] = ()
    who: tuple[str, ...] = EVERYBODY
    more: Mapping[str, Any] = field(default_factory=dict)


ASKED_FOR = 15 * 60  # seconds, longer than an answer is waited for
BROKEN = "Our tax roll is broken"
GIVEN = ("ana", BROKEN)
OPENS = writes("client", "begins", BROKEN, GIVEN)
ASKS = writes("client", "begins", BROKEN, ("client", "Which municipality"))
REPLIES = writes("ana", "replies", "#{n} I am on it", ("client", "I am on it"))


def known(name: str, *lines: Line, who: str = "clara", **more: Any) -> Way:
    return Way(name, lines, (who,), more)


WAYS: Ways[Way] = {
    "identify": {
        "next": (
            Way("known by the number", who=CALLERS),
            Way("names the town", (ASKS, writes("client", "answers", "Taber", GIVEN)), ("a stranger",)),
            Way(
                "doubted, and confirms",
                (
                    ASKS,
                    writes("client", "answers", "Tabor", ("client", "Is it Taber?")),
                    writes("client", "answers", "yes", GIVEN),
                ),
                ("a stranger",),
            ),
            Way(
                "says which of two",
                (
                    writes("client", "begins", BROKEN, ("client", "Sue Cole")),
                    writes("client", "answers", "2", GIVEN),
                ),
                ("the couple",),
            ),
        ),
        "unknown": (
            Way("never answers the question", (replace(ASKS, gets=(GIVEN,), within=ASKED_FOR),), ("a stranger",)),
            Way(
                "names no town",
                (
                    ASKS,
                    writes("client", "answers", "Constantinople", ("client", "full name")),
                    writes("client", "answers", "Byzantium", GIVEN),
                ),
                ("a stranger",),
            ),
        ),
    },
    "route": {
        "": (
            Way("answered by the number", (OPENS, REPLIES)),
            known(
                "answered, thanks, some orders, called, closed",
                OPENS,
                REPLIES,
                writes("client", "goes on", "Thank you!", ("ana", "Thank you!"), after=20),
                writes("ana", "orders", "next", ("ana", "These wait for an answer")),
                writes("ana", "orders", "tkae #{n}", ("ana", "Did you mean")),
                writes("ana", "orders", "note #{n} the roll of 2025", ("ana", "noted")),
                writes("ana", "orders a call", "call #{n}", after=5),
                writes("ana", "orders about it", "close #{n} the roll is well again", ("ana", "is closed"), after=60),
            ),
            known(
                "two texts at once, two answers without the number",
                replace(OPENS, gets=()),
                writes("client", "goes on", "And the water meters too", GIVEN, ("ana", "water meters")),
                writes("ana", "replies", "Which roll is it?"),
                writes("ana", "replies", "I see the meters", ("client", "Which roll"), ("client", "the meters")),
            ),
            known(
                "which of two is meant is asked, one has a landline",
                OPENS,
                writes("dale", "begins", "Nobody can log in", ("ana", "Nobody can log in")),
                writes("ana", "replies", "Try it again now", ("ana", "nothing was sent")),
                writes("ana", "replies", "#{n:Dale} Try it again now", ("ana", "landline")),
                writes("ana", "orders about it", "close #{n:Clara}", ("ana", "is closed")),
                deaf=DALE,
            ),
            known("nobody answers, and it stays open", OPENS, goes_on=130),
            known(
                "nobody is at work, and then she is",
                writes("client", "begins", BROKEN, ("client", "Nobody is at work")),
                writes("ana", "replies", "#{n} Good morning", ("client", "Good morning"), after=9 * 60),
                back_after=8,
                at_work=(ANA,),
            ),
            known(
                "French, and nobody is at work",
                writes("client", "begins", "Le rôle d'impôt est brisé", ("client", "Personne")),
                writes("client", "keyword", "aide", ("client", "STOP")),
                who="florence",
                back_after=8,
                at_work=(ANA,),
            ),
            known(
                "the owner is away, a colleague stands in and takes it",
                OPENS,
                REPLIES,
                writes("ana", "orders", "away 30m", ("ana", "You are away")),
                writes("client", "goes on", "Any news of it?", ("ben", "Any news of it?")),
                writes("ben", "orders about it", "take #{n}", ("ben", "is yours")),
                writes("ben", "replies", "#{n} Ana is away", ("client", "Ana is away")),
            ),
            known(
                "opted out and in again, by English words",
                OPENS,
                writes("client", "keyword", "STOP", ("ana", "want no more texts")),
                writes("ana", "replies", "#{n} Are you there?", ("ana", "want no texts")),
                writes("client", "keyword", "START", after=5),
                writes("client", "goes on", "I am back", ("ana", "I am back")),
                writes("ana", "replies", "#{n} Welcome back", ("client", "Welcome back")),
            ),
            known(
                "opted out by a French word, and asks for help",
                OPENS,
                REPLIES,
                writes("client", "keyword", "Arrêt", ("client", "texto"), ("ana", "want no more texts")),
                writes("client", "keyword", "aide", ("ana", "aide"), after=30),
            ),
            known(
                "asks to be called",
                writes(
                    "client", "begins", "Could you please call me?", ("client", "We will call you"), ("ana", "call me")
                ),
                goes_on=100,
            ),
            known(
                "a missed call is followed by a text",
                Line("client", "calls", gets=(("client", "we missed your call"),)),
                writes("client", "goes on", "It is about the tax roll", ("ana", "the tax roll")),
                REPLIES,
                conducts={ANA: Conduct(("rings out",))},
            ),
            known(
                "a helper joins, answers, is mute, and has it",
                OPENS,
                writes("ana", "orders about it", "swarm #{n} water", ("ana", "asked to help"), ("dan", "join #")),
                writes("dan", "orders about it", "join #{n}", ("dan", BROKEN)),
                writes("dan", "replies", "#{n} It is the meter file", ("client", "meter file"), ("ana", "meter file")),
                writes("dan", "orders about it", "mute #{n}", ("dan", "no more")),
                writes("ana", "orders about it", "owner #{n} dan", ("dan", "is yours now"), ("ana", "Dan Roy's now")),
                at_work=(ANA, DAN, EVE),
            ),
            known(
                "who wants no texts is rung, a bank's machine is not answered",
                writes("ana", "keyword", "CANCEL"),
                writes("a bank", "machine", "Your code is 482911"),
                writes("client", "begins", BROKEN, after=5),
                at_work=(ANA,),
                goes_on=100,
            ),
            known(
                "a flood comes in one",
                *(writes("client", "goes on" if one else "begins", f"Help {one}!", after=3) for one in range(11)),
                writes("client", "goes on", "Help me!", ("ana", "Help me!"), after=3),
                REPLIES,
            ),
            known(
                "a long text",
                writes("client", "begins", "It began so. " + "So it went on. " * 104 + "The end.", ("ana", "The end.")),
                REPLIES,
            ),
        )
    },
}


def journeys(flow: Flow) -> list[Journey]:
    return shortest(flow, WAYS, along)


def along(route: Route[Way]) -> Journey | None:
    """What people write on all of the way; None if it can't be the same conversation. Whoever was asked something has
    begun already."""
    client = next((who for who in EVERYBODY if all(who in way.who for _, _, way in route)), None)
    if client is None:
        return None
    lines: list[Line] = []
    more: dict[str, Any] = {}
    for _, _, way in route:
        lines += way.lines[1:] if lines else way.lines
        more |= way.more
    name = ", ".join(way.name for _, _, way in route)
    return Journey(name, tuple(of(client, line) for line in lines), **more)


def of(client: str, line: Line) -> Line:
    gets = tuple((client if who == "client" else who, words) for who, words in line.gets)
    return replace(line, who=client if line.who == "client" else line.who, gets=gets)
