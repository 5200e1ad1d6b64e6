"""Words passed on both ways, and the words by which people end our texts or want them again."""

from dataclasses import replace

import pytest

from callflows.actions import OpenMatter, PassMatter, RememberTalk, Text
from callflows.languages import language
from callflows.text_actions import PassOn, RelayText, SendText, SetBlocked, SetOptOut, TellTechnician
from callflows.text_events import TechnicianWrote, TextArrived
from callflows.turn import MOST_AUTOMATIC, Turn
from ivr.segments import segments
from routing.floor import Floor, Talk
from routing.optout import WORDS
from tests.builders import CALLER, LINE, NOW, TABER, changed, floor, matter, said, standing
from tests.callflows.correspondence import Correspondence, text_version

FRENCH = WORDS["stop", "fr"]


def correspond(facts: Floor | None = None, words: str = "") -> Correspondence:
    known = facts or floor(matter=matter(12, "ben"))
    made = Correspondence(text_version({}), replace(known, peer=known.peer or CALLER))
    if words:
        made.writes(words)
    return made


def told(turn: Turn) -> list[tuple[str, str]]:
    return [(one.technician, one.lines[0][0]) for one in turn.changes if isinstance(one, TellTechnician)]


def relays(turn: Turn) -> list[RelayText]:
    return [one for one in turn.changes if isinstance(one, RelayText)]


# What technicians write.


def test_an_answer_goes_to_the_client_and_its_copy_to_whoever_reads_along() -> None:
    made = correspond(words="Hello")
    made.asks("cho", "join")
    turn = made.answers("ana", "I am on it")
    assert [one for one in turn.changes if isinstance(one, PassOn)] == [PassOn("SM2", "ana", "I am on it")]
    assert relays(turn) == [RelayText(key, ("SM2",), by="ana", words="I am on it") for key in ("ben", "cho")]
    assert RememberTalk("ana") in turn.changes
    assert made.contact.thread
    assert made.contact.thread.members == ("ben", "cho", "ana")


@pytest.mark.parametrize(
    ("words", "files", "unfit", "goes"),
    [("Here", 1, ("xlsx",), True), ("", 2, ("2: xlsx",), True), (" ", 2, ("1: zip", "2: xlsx"), False)],
)
def test_files_that_no_telephone_shows_stay_here_and_their_sender_is_told(
    words: str, files: int, unfit: tuple[str, ...], goes: bool
) -> None:
    made = correspond(words="Hello")
    turn = made.takes(TechnicianWrote("SM2", "ana", words, files, unfit=unfit))
    (answer,) = [one for one in turn.changes if isinstance(one, TellTechnician)]
    ((prompt, params),) = answer.lines
    assert (answer.technician, prompt) == ("ana", "tech_unfit")
    assert params == {"matter": "12", "files": ", ".join(unfit), "words": "yes" if words.strip() else ""}
    assert bool([one for one in turn.changes if isinstance(one, PassOn)]) == goes
    assert bool(made.contact.thread and made.contact.thread.replied) == goes
    assert turn.story[0].detail["unfit"] == ", ".join(unfit)


def test_at_night_a_colleagues_answer_wakes_nobody() -> None:
    made = correspond(words="Hello")
    made.asks("cho", "join")
    made.floor = changed(made.floor, "cho", presence=said("off"))
    assert [one.technician for one in relays(made.answers("ana"))] == ["ben"]


@pytest.mark.parametrize(
    ("facts", "prompt"),
    [
        ({"silenced": True}, "tech_opted_out"),
        ({"deaf": True}, "tech_unreachable"),
        ({"peer": "12345"}, "tech_not_answered"),
    ],
)
def test_an_answer_that_may_not_go_is_told_to_its_writer(facts: dict[str, object], prompt: str) -> None:
    made = correspond()
    made.contact = replace(correspond(words="Hello").contact)
    made.floor = replace(made.floor, **facts)  # type: ignore[arg-type]
    turn = made.answers("ana")
    assert told(turn) == [("ana", prompt)]
    assert [one for one in turn.changes if isinstance(one, PassOn)] == []
    assert made.contact.thread
    assert not made.contact.thread.replied


def test_however_much_we_wrote_ourselves_a_technician_may_answer() -> None:
    made = correspond(words="Hello")
    thread = made.contact.thread
    assert thread
    made.contact = replace(made.contact, thread=replace(thread, automatic=(int(NOW.timestamp()),) * MOST_AUTOMATIC))
    assert [type(one) for one in made.answers("ana").changes if isinstance(one, PassOn)] == [PassOn]


# What technicians want.


def test_whoever_takes_it_owns_it_and_the_owner_before_is_told() -> None:
    made = correspond(words="Hello")
    turn = made.asks("cho", "take")
    assert PassMatter("cho") in turn.changes
    assert [(one.technician, one.prompt) for one in turn.changes if isinstance(one, Text)] == [("ben", "tech_taken")]
    assert relays(turn) == [RelayText("cho", (), note="history")]
    assert made.last_given("And?") == {"ben", "cho"}


def test_whoever_joins_is_given_what_waits() -> None:
    off = [standing(key, presence=said("off")) for key in ("ana", "ben", "cho")]
    made = correspond(floor(*off, matter=matter(12, "ben")), "Hello")
    assert relays(made.asks("cho", "join")) == [RelayText("cho", ("SM1",), note="history")]


def test_what_is_handed_over_comes_at_once_to_who_is_at_work_and_else_with_the_clients_next() -> None:
    made = correspond(words="Hello")
    turn = made.asks("cho", "given")
    assert relays(turn) == [RelayText("cho", (), note="history")]
    made.floor = changed(made.floor, "ana", presence=said("off"))
    assert relays(made.asks("ana", "given")) == []
    assert made.contact.owner == "ana"


# How it ends when a technician closes it before anybody has answered (DESIGN 5, "Outcome").


def test_closed_unanswered_after_a_text_of_ours_it_was_replied_to_automatically() -> None:
    off = [standing(key, presence=said("off")) for key in ("ana", "ben", "cho")]
    made = correspond(floor(*off), "Hello")
    assert made.sent, "by when they will hear"
    assert made.asks("ana", "close").contact.outcome == "auto_replied"


def test_closed_unanswered_without_a_word_of_ours_it_has_failed() -> None:
    made = correspond(words="Hello")
    assert made.sent == []
    assert made.asks("ben", "close").contact.outcome == "failed"


def test_closed_after_a_talk_since_their_last_word_it_was_answered() -> None:
    made = correspond(words="Hello")
    made.passes(minutes=5)
    made.floor = replace(made.floor, talks=(Talk("clara", TABER.municipality, "ben", made.floor.at),))
    assert made.asks("ben", "close").contact.outcome == "answered"


def test_a_talk_before_their_last_word_has_answered_nothing() -> None:
    made = correspond(words="Hello")
    made.floor = replace(made.floor, talks=(Talk("clara", TABER.municipality, "ben", made.floor.at),))
    made.passes(minutes=5)
    made.writes("And another thing")
    assert made.asks("ben", "close").contact.outcome == "failed"


def test_closed_after_an_answer_in_writing_it_was_replied_to() -> None:
    made = correspond(words="Hello")
    made.answers("ben")
    assert made.asks("ben", "close").contact.outcome == "replied"


def test_whoever_closes_it_is_given_what_nobody_was() -> None:
    off = [standing(key, presence=said("off")) for key in ("ana", "ben", "cho")]
    made = correspond(floor(*off, matter=matter(12, "ben")), "Hello")
    turn = made.asks("ana", "close")
    assert relays(turn) == [RelayText("ana", ("SM1",))]
    assert turn.contact.is_over


def test_a_technician_who_wants_something_of_what_is_over_is_told_so() -> None:
    made = correspond(words="Hello")
    made.asks("ben", "close")
    for verb in ("take", "join", "given", "mute", "close", "swarm"):
        turn = made.asks("ana", verb)
        assert (told(turn), len(turn.changes)) == ([("ana", "tech_over")], 1)


def test_help_is_asked_of_those_with_the_skill_who_are_free() -> None:
    people = [standing(key, phone="") for key in ("ana", "ben", "cho")]
    made = correspond(floor(*people, matter=matter(12, "ben")), "Hello")
    turn = made.asks("ben", "swarm")
    assert [one.technician for one in turn.changes if isinstance(one, Text)] == ["ana", "cho"]
    assert told(turn) == [("ben", "tech_swarm_opened")]
    assert told(made.asks("ben", "swarm")) == [("ben", "tech_nobody_to_help")], "nobody is asked twice"


# A matter that is closed elsewhere.


def test_after_their_matter_was_closed_their_next_words_open_another() -> None:
    """By telephone or on a page: the conversation itself is not told of it."""
    made = correspond(words="Hello")
    made.floor = replace(made.floor, matters=())
    turn = made.writes("It is broken again")
    assert [one for one in turn.changes if isinstance(one, OpenMatter)] == [OpenMatter("ben")]
    assert made.contact.matter != 0
    assert made.promises != [], "and an answer is owed in that one"


def test_after_their_matter_was_closed_they_go_on_in_their_other_one() -> None:
    made = correspond(words="Hello")
    made.floor = replace(made.floor, matters=(matter(15, "cho"),))
    assert made.last_given("It is broken again") == {"cho"} | {"ben"}
    assert made.contact.matter == 15


# Words that end our texts, or want them again.


@pytest.mark.parametrize(
    ("word", "code"),
    [*((one.capitalize(), "fr") for one in FRENCH), ("ARRÊT", "fr"), (" « arrêt ! » ", "fr"), ("stop.", "en")],
)
def test_an_opt_out_that_twilio_does_not_answer_is_answered_once_in_its_language(word: str, code: str) -> None:
    made = correspond(words="Hello")
    turn = made.writes(word)
    (answer,) = [one for one in turn.changes if isinstance(one, SendText)]
    assert answer.last
    assert made.sent == [language(code).text("text_opted_out", {})]
    assert (turn.contact.outcome, turn.contact.is_over) == ("opted_out", True)
    assert [(one.technician, one.prompt) for one in turn.changes if isinstance(one, Text)] == [
        ("ben", "tech_client_opted_out")
    ]


@pytest.mark.parametrize("word", WORDS["stop", "en"])
def test_what_twilio_answers_is_not_answered_again(word: str) -> None:
    made = correspond(words="Hello")
    turn = made.writes(word.lower())
    assert made.sent == []
    assert opt_outs(turn) == [SetOptOut(word, out=True), SetBlocked(True)], "Twilio keeps it as well, for this line"


def opt_outs(turn: Turn) -> list[SetOptOut | SetBlocked]:
    return [one for one in turn.changes if isinstance(one, (SetOptOut, SetBlocked))]


@pytest.mark.parametrize("in_service", [False, True])
def test_start_by_a_messaging_service_counts_for_all_that_it_may_share_its_list_with(in_service: bool) -> None:
    made = correspond(floor(matter=matter(12, "ben"), silenced=True))
    turn = made.takes(TextArrived("SM2", CALLER, LINE, "START", in_service=in_service))
    assert opt_outs(turn) == [SetOptOut("START", out=False), SetBlocked(False, everywhere=in_service)]


@pytest.mark.parametrize("word", WORDS["stop", "fr"])
def test_what_is_ours_alone_keeps_no_line_from_writing_once_it_is_taken_back(word: str) -> None:
    assert opt_outs(correspond(words="Hello").writes(word)) == [SetOptOut(word, out=True)]


def test_what_a_messaging_service_answers_is_not_answered_again() -> None:
    made = correspond(words="Hello")
    turn = made.takes(TextArrived("SM2", CALLER, LINE, "Arrêt", opt_out="STOP"))
    assert (made.sent, turn.contact.outcome) == ([], "opted_out")


def test_a_second_opt_out_is_not_answered_and_nobody_is_told_again() -> None:
    made = correspond(floor(matter=matter(12, "ben"), silenced=True))
    turn = made.writes("Arrêt")
    assert made.sent == []
    assert [one for one in turn.changes if isinstance(one, Text)] == []


def test_what_waited_when_they_opted_out_is_still_given_to_somebody() -> None:
    off = [standing(key, presence=said("off")) for key in ("ana", "ben", "cho")]
    made = correspond(floor(*off, matter=matter(12, "ben")), "Hello")
    made.writes("STOP")
    made.floor = changed(made.floor, "ben", presence=None)
    made.floor = replace(made.floor, silenced=True)
    assert relays(made.fires("text_open", hours=1)) == [RelayText("ben", ("SM1",), note="silenced")]
    assert made.sent == []
    assert made.fires("text_quiet", hours=25).contact.outcome == "opted_out"


@pytest.mark.parametrize("word", ["aide", "INFO", "help"])
def test_who_wants_no_texts_and_asks_for_help_is_phoned(word: str) -> None:
    made = correspond(floor(matter=matter(12, "ben"), silenced=True))
    turn = made.writes(word)
    assert made.sent == []
    assert relays(turn) == [RelayText("ben", ("SM1",), note="silenced")]


def test_who_wants_no_texts_and_writes_all_the_same_is_phoned() -> None:
    made = correspond(floor(matter=matter(12, "ben"), silenced=True))
    assert relays(made.writes("Our tax roll is broken")) == [RelayText("ben", ("SM1",), note="silenced")]
    assert made.sent == []


def test_aide_is_answered_in_french_and_gives_nobody_work() -> None:
    made = correspond(words="Hello")
    turn = made.writes("Aide")
    assert made.sent == [language("fr").text("text_help", {})]
    assert relays(turn) == []


def test_whoever_wants_texts_again_gets_them() -> None:
    made = correspond(floor(matter=matter(12, "ben"), silenced=True))
    turn = made.writes("Reprendre")
    assert [one for one in turn.changes if isinstance(one, SetOptOut)] == [SetOptOut("REPRENDRE", out=False)]
    assert made.sent == [language("fr").text("text_opted_in", {})]
    made.floor = replace(made.floor, silenced=False)
    assert [type(one) for one in made.answers("ben").changes if isinstance(one, PassOn)] == [PassOn]


@pytest.mark.parametrize("code", ["en", "fr"])
@pytest.mark.parametrize("prompt", ["text_opted_out", "text_opted_in", "text_help"])
def test_their_answers_fit_one_message(prompt: str, code: str) -> None:
    words = language(code).text(prompt, {})
    assert len(words) <= 160
    assert segments(words) == 1


# Who can't be answered.


@pytest.mark.parametrize(
    ("peer", "ours"), [("12345", False), ("TELUS", False), ("+15875550100", True), ("client:softphone", False)]
)
def test_nobody_is_behind_some_addresses(peer: str, ours: bool) -> None:
    made = correspond(floor(peer=peer, from_our_line=ours, callers=(), number=""))
    turn = made.takes(TextArrived("SM1", peer, LINE, "Your code is 1234"))
    assert (relays(turn), made.sent, turn.contact.is_over) == ([], [], True)
    assert turn.contact.outcome == "failed"


def test_another_channel_takes_the_same_road() -> None:
    peer = f"whatsapp:{CALLER}"
    made = correspond(floor(peer=peer, matter=matter(12, "ben")))
    turn = made.takes(TextArrived("SM1", peer, LINE, "Hello"))
    assert [one.technician for one in relays(turn)] == ["ben"]
    assert [type(one) for one in made.answers("ben").changes if isinstance(one, PassOn)] == [PassOn]


# Who answers such a word, on which channel and line (twilio.md 6.6).
TOLL_FREE = "+18005550123"
ANSWERED = [  # peer, line, word, OptOutType, whether we answer
    (CALLER, LINE, "STOP", "", False),
    (CALLER, LINE, "ARRET", "", True),
    (CALLER, LINE, "HELP", "", False),
    (CALLER, LINE, "AIDE", "", True),
    # "Toll-free: network-level, only STOP / START / UNSTOP, cannot be changed."
    (CALLER, TOLL_FREE, "STOP", "", False),
    (CALLER, TOLL_FREE, "START", "", False),
    (CALLER, TOLL_FREE, "HELP", "", True),
    (CALLER, TOLL_FREE, "INFO", "", True),
    (CALLER, TOLL_FREE, "QUIT", "", True),
    # "Advanced Opt-Out (Messaging Service): own words, languages and texts; … adds OptOutType".
    (CALLER, LINE, "HELP", "HELP", False),
    (CALLER, TOLL_FREE, "HELP", "HELP", False),
    (CALLER, LINE, "SOS", "HELP", False),
    (CALLER, LINE, "AIDE", "HELP", False),
    # "Since 16 Mar 2026 opt-outs are shared between SMS, MMS and RCS of the same sender/service."
    (f"rcs:{CALLER}", LINE, "STOP", "", False),
    (f"rcs:{CALLER}", LINE, "ARRET", "", True),
    # Nothing is said of other channels: there nobody answers but us.
    (f"whatsapp:{CALLER}", LINE, "STOP", "", True),
    (f"whatsapp:{CALLER}", LINE, "HELP", "", True),
    ("messenger:7001", "messenger:12", "STOP", "", True),
    ("messenger:7001", "messenger:12", "ARRET", "", True),
    ("messenger:7001", "messenger:12", "STOP", "STOP", False),
]


@pytest.mark.parametrize(("peer", "line", "word", "told", "ours"), ANSWERED)
def test_a_word_is_answered_once_by_twilio_or_by_us(peer: str, line: str, word: str, told: str, ours: bool) -> None:
    known = floor(matter=matter(12, "ben"))
    made = correspond(replace(known, peer=peer, line=replace(known.line, line=line)))
    made.takes(TextArrived("SM1", peer, line, word, opt_out=told))
    assert len(made.sent) == ours
    made.takes(TextArrived("SM2", peer, line, word, opt_out=told))
    if word in ("STOP", "ARRET", "QUIT"):
        assert made.sent == [], "said once"
