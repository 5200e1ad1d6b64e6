"""Each kind of step by itself: where it leads, what it says, and what it does when something of it can't be used."""

from dataclasses import replace

import pytest

from callflows.actions import DialOther, Hangup, Record, Ring, Say
from callflows.events import ClientPickedUp, FallbackEnded
from callflows.steps import KINDS
from routing.directory import Line
from tests.builders import (
    LINE,
    NORTH,
    TABER,
    floor,
    local,
    matter,
    pod,
    standing,
    unknown_floor,
    version,
)
from tests.callflows.call import CALL, Call
from tests.callflows.documents import ELSEWHERE, MENU, MESSAGE, call, errors, flow, known, words


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_says_what_it_is_for_and_what_it_does(kind: str) -> None:
    assert KINDS[kind].about.endswith(".")
    every = {
        "say": {"step": "say", "say": "greeting", "next": "message"},
        "menu": {"step": "menu", "say": "greeting", "keys": {"1": "elsewhere"}, "otherwise": "message"},
        "identify": {"step": "identify", "next": "message", "unknown": "message"},
        "hours": {"step": "hours", "open": "message", "closed": "message"},
        "branch": {"step": "branch", "cases": [{"language": "fr", "to": "message"}], "otherwise": "message"},
        "ring": {"step": "ring", "otherwise": "message"},
        "swarm": {"step": "swarm", "otherwise": "message"},
        "voicemail": MESSAGE,
        "call_back": {"step": "call_back"},
        "language": {"step": "language", "next": "message"},
        "transfer": ELSEWHERE,
        "hang_up": {"step": "hang_up"},
        "reply": {"step": "reply", "say": "greeting"},
        "keyword": {"step": "keyword", "cases": [{"words": "bill", "to": "message"}], "otherwise": "message"},
        "ask": {"step": "ask", "say": "greeting", "answers": {"1": "message"}, "otherwise": "message"},
        "route": {"step": "route"},
    }
    made = replace(version(), document=flow(one=every[kind], elsewhere=ELSEWHERE)).body.steps["one"]
    assert made.words().endswith(".")
    assert made.words()[0].isupper()


# say, language, hours, branch.


def test_say_says_it_and_goes_on_in_the_same_answer() -> None:
    made = call(flow(hello={"step": "say", "say": {"en": "Hello {{ line }}.", "fr": "Bonjour."}, "next": "message"}))
    assert (words(made)[0], made.contact.step) == ("Hello .", "message")
    assert made.last.path == ("hello", "message")


def test_language_is_asked_only_on_a_line_of_several_of_callers_whom_nobody_knows() -> None:
    ask = flow(tongue={"step": "language", "next": "message"})
    both = Line(LINE, languages=("en", "fr"))
    assert call(ask, unknown_floor(line=Line(LINE))).contact.step == "message"
    assert call(ask, floor(line=both)).contact.step == "message"
    made = call(ask, unknown_floor(line=both))
    assert made.said == ["language_key", "language_key"]
    made.answers("2")
    assert (made.contact.language, made.contact.step) == ("fr", "message")


@pytest.mark.parametrize("answer", ["9", ""])
def test_whoever_chooses_no_language_goes_on_in_the_lines_first(answer: str) -> None:
    both = Line(LINE, languages=("fr", "en"))
    made = call(flow(tongue={"step": "language", "next": "message"}), unknown_floor(line=both))
    made.answers(answer) if answer else made.stays_silent()
    assert (made.contact.language, made.contact.step) == ("fr", "message")


@pytest.mark.parametrize(
    ("of", "at", "hours", "step"),
    [
        ("pod", "2026-11-03 10:00", "Mon-Fri 08:00-16:30", "elsewhere"),
        ("pod", "2026-11-03 18:00", "Mon-Fri 08:00-16:30", "message"),
        ("pod", "2026-11-03 10:00", "", "message"),
        ("municipality", "2026-11-03 10:00", "", "elsewhere"),
        ("municipality", "2026-11-03 18:00", "24/7", "message"),
        ("municipality", "2026-11-04 10:00", "24/7", "message"),
    ],
)
def test_hours_are_the_pods_or_the_municipalitys(of: str, at: str, hours: str, step: str) -> None:
    document = known(hours={"step": "hours", "of": of, "open": "elsewhere", "closed": "message"}, elsewhere=ELSEWHERE)
    made = Call(
        floor(at=local(at), holidays={local("2026-11-04 10:00").date()}),
        replace(version(hours=hours), document=document),
    )
    made.arrives()
    assert made.contact.step == step


@pytest.mark.parametrize(
    ("case", "holds"),
    [
        ({"language": "en"}, True),
        ({"language": ["fr", "en"]}, True),
        ({"language": "fr"}, False),
        ({"municipality": TABER.municipality}, True),
        ({"province": "AB"}, True),
        ({"province": "QC"}, False),
        ({"tier": "enhanced"}, False),
        ({"pod": "south", "client": "clara"}, True),
        ({"pod": "south", "client": "olga"}, False),
        ({"line": LINE}, True),
        ({"known": True}, True),
        ({"known": False}, False),
        ({"matter": True}, True),
        ({"matter": False}, False),
    ],
)
def test_branch_follows_the_first_case_that_holds(case: dict[str, object], holds: bool) -> None:
    branch = {
        "step": "branch",
        "cases": [{**case, "to": "elsewhere"}, {"language": "fr", "to": "message"}],
        "otherwise": "message",
    }
    made = call(known(branch=branch, elsewhere=ELSEWHERE), floor(matter=matter()))
    assert made.contact.step == ("elsewhere" if holds else "message")
    assert "branch" in [one.code for one in made.last.reasons]


# menu.


@pytest.mark.parametrize(
    ("keys", "step"), [("1", "elsewhere"), ("#", "message"), ("71", "elsewhere"), ("77", "message")]
)
def test_a_key_leads_where_it_says_and_wrong_keys_lead_on_in_the_end(keys: str, step: str) -> None:
    made = call(flow(menu=MENU, elsewhere=ELSEWHERE))
    for key in keys:
        made.answers(key)
    assert made.contact.step == step


def test_silence_hears_the_menu_again_and_then_goes_on() -> None:
    made = call(flow(menu=MENU, elsewhere=ELSEWHERE))
    made.stays_silent()
    assert (made.said, made.contact.step) == (["greeting"], "menu")
    made.stays_silent()
    assert made.contact.step == "message"


def test_a_wrong_key_is_told_so() -> None:
    made = call(flow(menu=MENU, elsewhere=ELSEWHERE))
    made.answers("7")
    assert made.said == ["menu_wrong_key", "greeting"]


def test_a_menu_pressed_round_and_round_ends() -> None:
    """Two menus that lead into each other: whoever presses for ever reaches the last resort."""
    to_b = {"step": "menu", "say": "greeting", "keys": {"1": "b", "0": "elsewhere"}, "otherwise": "message"}
    to_a = {**to_b, "keys": {"1": "a"}}
    made = call(flow(a=to_a | {"keys": {"1": "b"}}, b=to_b | {"keys": {"1": "a"}}, elsewhere=ELSEWHERE))
    pressed = 0
    while made.contact.stage == "choosing":
        made.answers("1")
        pressed += 1
        assert pressed < 100
    assert isinstance(made.replies[-1], Record)
    assert errors(made) == ["round and round"]


# identify, ring.


def test_identify_without_asking_parts_the_known_from_the_others() -> None:
    document = flow(
        who={"step": "identify", "next": "elsewhere", "unknown": "message", "ask": False}, elsewhere=ELSEWHERE
    )
    assert call(document).contact.step == "elsewhere"
    assert call(document, unknown_floor()).contact.step == "message"


def test_ring_may_ring_another_pod_than_the_clients_own() -> None:
    people = (standing("ana"), standing("nia", pod="north"))
    facts = floor(*people, pods={**pod(), "north": NORTH})
    made = Call(
        facts,
        replace(version("ana", "nia"), document=known(team={"step": "ring", "pod": "north", "otherwise": "message"})),
    )
    made.version = replace(made.version, ring_orders={"south": ("ana",), "north": ("nia",)})
    made.arrives()
    assert (made.rung, made.contact.pod) == ("nia", "north")


def test_ring_says_its_own_words_before_the_first_and_between() -> None:
    ring = {
        "step": "ring",
        "otherwise": "message",
        "say": {"en": "I am ringing {{ pod }}.", "fr": "Je sonne."},
        "between": {"en": "The next one.", "fr": "Le suivant."},
    }
    made = call(known(team=ring))
    assert words(made) == ["I am ringing South."]
    made.unanswered()
    assert (words(made), made.rung) == (["The next one."], "ben")


def test_ring_without_a_greeting_rings_silently() -> None:
    made = call(known(team={"step": "ring", "otherwise": "message", "greet": False}))
    assert made.replies == (Ring("ana", 1, 15, silent=True),)


# transfer, hang_up, call_back, voicemail.


def test_transfer_connects_with_the_number_and_says_goodbye_after_a_talk() -> None:
    made = call(flow(elsewhere={**ELSEWHERE, "seconds": 40}))
    assert made.replies == (Say("transfer"), DialOther("elsewhere", 40))
    made.takes(ClientPickedUp("CA9"))
    turn = made.takes(FallbackEnded(CALL, "completed", True))
    assert turn.replies == (Say("goodbye"), Hangup())
    assert made.contact.outcome == "answered"


def test_transfer_goes_on_when_nobody_answers_there() -> None:
    made = call(flow(elsewhere=ELSEWHERE))
    made.takes(FallbackEnded(CALL, "no-answer", False))
    assert isinstance(made.replies[-1], Record)
    assert made.contact.step == "message"


def test_hanging_up_during_a_transfer_is_answered_only_after_a_talk() -> None:
    for picked_up, outcome in ((True, "answered"), (False, "abandoned")):
        made = call(flow(elsewhere=ELSEWHERE))
        if picked_up:
            made.takes(ClientPickedUp("CA9"))
        made.over()
        assert made.contact.outcome == outcome


def test_whoever_chooses_to_hang_up_hears_a_goodbye() -> None:
    bye = {"step": "hang_up", "say": {"en": "Bye.", "fr": "Au revoir."}}
    made = call(flow(menu={**MENU, "keys": {"1": "bye", "2": "elsewhere"}}, bye=bye, elsewhere=ELSEWHERE))
    made.answers("1")
    assert (words(made), type(made.replies[-1])) == (["Bye."], Hangup)
    assert made.contact.outcome == "auto_replied"


def test_call_back_without_a_number_takes_the_steps_own_way() -> None:
    document = flow(back={"step": "call_back", "otherwise": "elsewhere"}, elsewhere=ELSEWHERE)
    made = call(document, unknown_floor(number=""))
    assert made.said == ["callback_key_in"]
    made.stays_silent()
    made.stays_silent()
    assert made.contact.step == "elsewhere"


def test_call_back_without_a_way_takes_a_message() -> None:
    made = call(flow(back={"step": "call_back"}), unknown_floor(number=""))
    made.stays_silent()
    made.stays_silent()
    assert isinstance(made.replies[-1], Record)


def test_voicemail_says_its_own_words_with_the_promised_time() -> None:
    own = {"step": "voicemail", "say": {"en": "Back by {{ due }}.", "fr": "Avant {{ due }}."}}
    made = Call(floor(), replace(version(), document={"start": "message", "steps": {"message": own}}))
    made.arrives()
    assert words(made)[0] == "Back by Tuesday at 2:00 p.m.", "in the company's time zone, as nobody knows the caller's"
