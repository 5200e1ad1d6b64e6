"""Why a contact went where it went, from its kept turns alone: tables of calls, and what is told of them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callflows.events import DialEnded, ErrandDue, Faulted, TimerFired
from callflows.parts.promises import DUE
from callflows.version import Version
from db.stories import NotReplayed
from podline.commands.why import shape
from routing.floor import OpenMatter, Presence, Reservation, Talk
from routing.places import Found
from tests.builders import CALLER, CLARA, NORTH, NOW, TABER, floor, matter, pod, standing, unknown_floor, version
from tests.telling.kept import KeptCall, play, printed

MD_TABER = replace(TABER, municipality="4802021", kind="MD", pod="north")
BUSY, AWAY = Reservation("another", "on_call", None), Presence("away", NOW)


def owner_away() -> KeptCall:
    """Ben owns the matter and is away, Ana passes, Cho takes it."""
    people = ("ana", standing("ben", presence=AWAY), "cho")
    return play(floor(*people, matter=matter(12, "ben")), "arrives", "declines", "accepts")


def everybody_busy() -> KeptCall:
    return play(floor(*(standing(key, reservation=BUSY) for key in ("ana", "ben", "cho"))), "arrives")


def talked_last_week() -> KeptCall:
    talk = Talk("clara", "4802022", "cho", NOW - timedelta(days=7))
    return play(floor(talks=(talk,), municipalities={"4802022": replace(TABER, wanted=("ben",))}), "arrives")


def longest_idle() -> KeptCall:
    ago = {"ana": NOW - timedelta(hours=1), "ben": NOW - timedelta(hours=2), "cho": None}
    people = [standing(key, last_talked_at=at) for key, at in ago.items()]
    return play(floor(*people, pods=pod("longest_idle")), "arrives")


def gone_from_directory() -> KeptCall:
    return play(floor("ana", matter=matter(12, "zoe")), "arrives", of=version("ana"))


def spent_rings(status: str = "no-answer", of: Version | None = None) -> KeptCall:
    return play(floor(), "arrives", "passes 20", f"unanswered {status}", of=of or version(hunt_rings=1))


def spent_time() -> KeptCall:
    return spent_rings("busy", version(hunt=10))


def caller_leaves() -> KeptCall:
    call = play(floor(standing("ana", presence=AWAY), "ben", "cho"), "arrives", "passes 4")
    call.dial_ends("canceled", gone=True)
    return call


def wanted_and_unwanted() -> KeptCall:
    clara = replace(CLARA, wanted=("cho",), unwanted=("ana",))
    return play(floor(callers=(clara,)), "arrives", "picks_up", "leg_ends", "dial_ends")


def order_changes() -> KeptCall:
    """While Ana rings, another call rings Ben: then Cho comes first."""
    call = play(floor(pods=pod("circular")), "arrives", "passes 20")
    call.stands("ben", last_rung_at=call.floor.at)
    call.unanswered()
    return call


def cut_off() -> KeptCall:
    what = ("arrives", "declines", "talks", "answers 1", "accepts")
    return play(floor("ana", "ben"), *what, of=version("ana", "ben"))


def faulty() -> KeptCall:
    call = play(floor("ana", "ben"), "arrives")
    call.takes(Faulted("CA0", "caller", "11200"))
    return call


def busy_then_free() -> KeptCall:
    """Ana is on a call at first, and free when Ben has passed."""
    call = play(floor(standing("ana", reservation=BUSY), "ben"), "arrives")
    call.stands("ana", reservation=None)
    call.declines()
    call.accepts()
    call.passes(60)
    call.dial_ends(bridged=True, gone=True)
    return call


def settled_errand(*promised: OpenMatter) -> KeptCall:
    call = KeptCall(floor(matters=promised, callers=(), clients={"clara": CLARA}))
    call.takes(ErrandDue("", "contact-1", 12, "clara", "4802022", "south", "en"))
    return call


def errand() -> KeptCall:
    """The owner of the promise does not answer; the next takes it."""
    call = settled_errand(matter(12, "ben", NOW))
    call.passes(25)
    call.leg_ends("no-answer")
    call.accepts()
    return call


def nobody_for_the_call_back() -> KeptCall:
    call = everybody_busy()
    call.answers("1")
    call.answers("1")
    call.passes(7200)
    call.takes(TimerFired("", DUE))
    return call


# What was played; each hunt's plan: technician, why there, what became of them; parts of what is told.
CASES: list[tuple[Callable[[], KeptCall], list[str], list[str]]] = [
    (
        owner_away,
        ["ben owner away, ana order declined, cho order taken"],
        [
            "owns matter #12 | left out: away",
            "1st in pod South's order, linear | ring 1: passed it on",
            "Ring 1, Ana: 2nd in the plan (1st in pod South's order, linear). Ahead of them: Ben (away). "
            "Passed it on, so Cho was rung next.",
            "Ring 2, Cho: 3rd in the plan (3rd in pod South's order, linear). Ahead of them: Ben (away), Ana "
            "(rung already). Took it, goes on. Behind them nobody was free to be rung.",
        ],
    ),
    (
        spent_rings,
        ["ana order no_answer, ben order not_reached, cho order not_reached"],
        ["No answer in 20 s. Ben, who was free, was not rung: the 1 rings of a hunt were used up."],
    ),
    (
        spent_time,
        ["ana order busy, ben order not_reached, cho order not_reached"],
        ["Busy. Ben, who was free, was not rung: the hunt's 10 s were over."],
    ),
    (
        caller_leaves,
        ["ana order away, ben order canceled, cho order not_reached"],
        ["The caller left after 4 s, so Cho, the next who was free, was not rung."],
    ),
    (
        everybody_busy,
        ["ana order on_call, ben order on_call, cho order on_call"],
        ["left out: on a call", "The end of it: nobody could be rung.", "Nobody was rung: everybody in the plan"],
    ),
    (
        wanted_and_unwanted,
        ["cho wanted not_screened, ana order unwanted, ben order ringing"],
        ["wanted by Clara Whitfield", "left out: not wanted by this client", "so Ben was rung next", "Is being rung."],
    ),
    (
        talked_last_week,
        ["cho last_talked ringing, ben wanted not_reached, ana order not_reached"],
        ["talked with them last, on 27 Oct 11:00", "wanted by Taber", "not reached: Cho is being rung"],
    ),
    (
        longest_idle,
        ["cho order ringing, ben order not_reached, ana order not_reached"],
        ["1st in pod South, longest idle: never talked", "2nd in pod South, longest idle: last talked 3 Nov 08:00"],
    ),
    (
        order_changes,
        ["ana order no_answer, ben order not_reached, cho order ringing"],
        ["1st in pod South's turn, circular", "By ring 2 the order of the others was: Cho, Ben."],
    ),
    (
        cut_off,
        ["ana order declined, ben order accepted", "ben last_talked taken, ana order not_reached"],
        ["Rung again when they were still on the line", "had just talked with them", "ring 3: took it, goes on"],
    ),
    (gone_from_directory, ["zoe owner unknown, ana order ringing"], ["left out: no longer in the directory"]),
    (
        busy_then_free,
        ["ana order accepted, ben order declined"],
        ["left out: on a call; then ring 2: took it after 0 s", "The end of it: Ana took it."],
    ),
    (
        errand,
        ["ben owner no_answer, ana order taken, cho order not_reached"],
        [
            "the promise of matter #12, made in contact contact-1.",
            "Rung to call the client back",
            "so Ana was rung next",
        ],
    ),
    (faulty, ["ana order no_answer, ben order not_reached"], ["not reached: the call went another way"]),
    (settled_errand, [], ["By then the promise had been settled", "Nobody was to be rung"]),
    (
        nobody_for_the_call_back,
        [
            "ana order on_call, ben order on_call, cho order on_call",
            "ana owner on_call, ben order on_call, cho order on_call",
        ],
        ["A call back was due, Tue 3 Nov 12:00:00", "nobody could be rung now, so it is tried again later"],
    ),
]


@pytest.mark.parametrize(("made", "plans", "parts"), CASES, ids=[made.__name__ for made, _, _ in CASES])
def test_the_plan_and_what_became_of_it(made: Callable[[], KeptCall], plans: list[str], parts: list[str]) -> None:
    found = made().why()
    rows = [[f"{one.technician} {one.because} {one.outcome}" for one in hunt.plan] for hunt in found.hunts]
    assert [", ".join(row) for row in rows] == plans
    told = " ".join(printed(found).split())
    told += " ".join(f"{one.why} | {one.happened}" for hunt in found.hunts for one in hunt.plan)  # unbroken
    assert [part for part in parts if part not in told] == []
    assert max(map(len, printed(found).splitlines())) <= 80
    assert json.loads(json.dumps(shape(found)))["contact"] == "contact"


def stranger(*answers: Callable[[KeptCall], Any], **facts: Any) -> KeptCall:
    places = {one.municipality: one for one in (TABER, MD_TABER)}
    call = KeptCall(unknown_floor(municipalities=places, pods={**pod(), "north": NORTH}, **facts))
    call.arrives()
    for answer in answers:
        answer(call)
    return call


def hears(call: KeptCall, *keys: str, score: int = 100) -> None:
    call.floor = replace(call.floor, found=tuple(Found(key, score) for key in keys))


def says_taber(call: KeptCall) -> None:
    hears(call, "4802022", "4802021")
    call.says("Taber")


def presses(keys: str) -> Callable[[KeptCall], Any]:
    return lambda call: call.answers(keys)


def keys_nothing(call: KeptCall) -> None:
    hears(call)
    call.answers("99999")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            stranger(says_taber, presses("2")),
            [
                "Asked for their municipality, they said “Taber”: that may be the Town of Taber or the Municipal "
                "District of Taber, so they were asked which.",
                "Asked whether it is the Town of Taber or the Municipal District of Taber, they pressed 2 for the "
                "Municipal District of Taber.",
                "They call from the Municipal District of Taber, by their own word.",
                "The Municipal District of Taber is served by pod North.",
            ],
        ),
        (
            stranger(lambda call: call.stays_silent(), keys_nothing),
            [
                "Asked for their municipality, they stayed silent: no municipality was understood.",
                "Asked for their municipality, they keyed in 99999: no municipality was understood; no municipality "
                "was understood in 2 tries, so they were asked no more.",
                "No one municipality is known, so there was no pod to ring.",
            ],
        ),
        (
            stranger(presses("1"), seen=("4802022",)),
            [
                "Callers from this number have named the Town of Taber before.",
                "Asked whether they call from the Town of Taber, they pressed 1 for yes.",
                "They call from the Town of Taber, as in an earlier call from this number.",
                "The Town of Taber is served by pod South.",
            ],
        ),
        (
            stranger(presses("9"), callers=(CLARA, replace(CLARA, client="tom", name="Tom Eriksen"))),
            [
                "Asked whether they are Clara Whitfield or Tom Eriksen, they pressed 9 for none of these: they chose "
                "none of these, so only what all at this number share is known.",
                "The Town of Taber is served by pod South.",
            ],
        ),
    ],
    ids=["which Taber", "never understood", "seen before", "none of them"],
)
def test_why_this_pod(call: KeptCall, told: list[str]) -> None:
    whose, *answers = call.why().pod
    assert answers == told
    people = (
        "the number of Clara Whitfield and Tom Eriksen." if call.floor.callers else "which is in no client's entry."
    )
    assert whose == f"The call came from (403) 555-0120, {people}"


def test_a_withheld_number_a_borrowed_one_a_burst_and_a_loop() -> None:
    withheld = KeptCall(unknown_floor(number=""))
    withheld.arrives("")
    assert withheld.why().pod[0] == "The call came with a withheld number."
    borrowed = KeptCall(floor())
    borrowed.arrives(CALLER, trusted=False)
    assert borrowed.why().pod[1] == "The network says that the caller may not show that number."
    *_, burst, no_pod = stranger(recent_calls=10).why().pod
    assert burst.startswith("10 other calls") and no_pod.startswith("No one municipality is known")
    *_, loop, refused = stranger(from_our_line=True).why().pod
    assert "forwarding loop" in loop and refused == "The call was refused, so no pod was looked for."


def test_the_names_are_those_of_then() -> None:
    """What was imported since changes nothing: the kept slices are all that is read."""
    call = owner_away()
    for turn in call.kept:
        turn["body"]["technicians"][0]["name"] = "Ana of Old"
    assert [one.name for one in call.why().hunts[0].plan] == ["Ben", "Ana of Old", "Cho"]


DIFFERS = "turn 1 (CallArrived), played again, does not give what was done then"
UNREADABLE = "its turns are not kept in the form that this version of Podline reads"


@pytest.mark.parametrize(
    ("turn", "changes", "told"),
    [
        (0, {"actions": [{"action": "Hangup"}]}, DIFFERS),
        (0, {"reasons": []}, DIFFERS),
        (0, {"body": None}, UNREADABLE),
        (-1, {"flow_version": 1}, UNREADABLE),
        (-1, {"event": {"event": "Eclipse"}}, UNREADABLE),
    ],
)
def test_what_can_not_be_played_again_is_not_explained(turn: int, changes: dict[str, Any], told: str) -> None:
    call = owner_away()
    call.kept[turn].update(changes)
    with pytest.raises(NotReplayed) as caught:
        call.why()
    assert str(caught.value).startswith("Contact contact can't be explained: ") and told in str(caught.value)


def test_a_hunt_that_an_unexpected_report_breaks_off_is_explained_as_well() -> None:
    """The end of a Dial that is not the current one, from a caller who is still there: a message is taken."""
    call = play(floor("ana", "ben", "cho"), "arrives", "unanswered")
    call.takes(DialEnded("CA1", 1, "no-answer", False, None))
    assert call.contact.stage == "recording"
    (hunt,) = call.why().hunts
    assert [one.technician for one in hunt.rings] == ["ana", "ben"]
    assert hunt.end == "the call went another way"
