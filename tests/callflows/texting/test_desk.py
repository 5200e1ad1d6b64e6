"""What a technician's text does: commands in both languages, words that go only where they are plainly meant."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from callflows.actions import BeginErrand, Change, CloseMatter, KeepPromises, PassMatter, SetPresence, Text
from callflows.text_actions import KeepText, SendOn, SetOptOut, TellTechnician, WriteNote
from callflows.text_events import TechnicianAsked, TechnicianWrote, TextArrived
from callflows.texting.commands import usage
from callflows.texting.desk import matters_in
from callflows.turn import Turn, WholeFloorNeeded
from routing.floor import Conversation, Floor, OpenMatter, OpenPromise, Reservation
from routing.optout import WORDS
from tests.builders import CALLER, CLARA, LINE, NOW, PHONE, TABER, floor, said, standing
from tests.callflows.anything import OLGA
from tests.callflows.correspondence import Correspondence, text_version

NUMBERS = {"ana": PHONE, "ben": "+14035550112", "cho": "+14035550113"}
OTHER = "+14035550166"
CLARAS = Conversation(12, "ana", "hers", LINE, CALLER, "clara", TABER.municipality, "south", "en", relayed=True)
OLGAS = Conversation(7, "ben", "theirs", LINE, OTHER, "olga", TABER.municipality, "south", "fr", relayed=True)
QUIET = replace(CLARAS, contact="")
ANA = standing("ana")


def people() -> tuple[object, ...]:
    return (
        ANA,
        *(standing(key, phone=NUMBERS[key], name=name) for key, name in (("ben", "Ben Oduya"), ("cho", "Cho Min-seo"))),
    )


def desk(*conversations: Conversation, **facts: object) -> Correspondence:
    """Ana writes from her own telephone."""
    usual: dict[str, object] = {
        "calling": "ana",
        "peer": PHONE,
        "number": PHONE,
        "callers": (),
        "conversations": conversations,
        "clients": {"clara": CLARA, "olga": OLGA},
    }
    known: Floor = floor(*people(), **{**usual, **facts})  # type: ignore[arg-type]
    return Correspondence(text_version({}), known)


def wrote(made: Correspondence, words: str, files: int = 0) -> Turn:
    made.written += 1
    return made.takes(TextArrived(f"SM{made.written}", made.floor.peer, LINE, words, files))


def after(turn: Turn, *kinds: type[Change]) -> list[Change]:
    return [one for one in turn.changes if isinstance(one, kinds)]


def told(turn: Turn) -> list[str]:
    """The prompts by which she is answered, in one text."""
    (answer,) = after(turn, TellTechnician)
    assert isinstance(answer, TellTechnician)
    assert answer.technician == "ana"
    return [prompt for prompt, _ in answer.lines]


def params(turn: Turn, line: int = 0) -> dict[str, str]:
    (answer,) = after(turn, TellTechnician)
    assert isinstance(answer, TellTechnician)
    return answer.lines[line][1]


def sent_on(turn: Turn) -> list[tuple[str, object]]:
    return [(one.contact, one.event) for one in turn.changes if isinstance(one, SendOn)]


# Words for a client.


@pytest.mark.parametrize(
    "text", ["#12 I am on it", "#12: I am on it", "＃12 I am on it", " # 12   I am on it ", "I am on it"]
)
def test_words_go_to_the_conversation_that_is_meant(text: str) -> None:
    turn = wrote(desk(CLARAS), text)
    expected = TechnicianWrote("SM1", "ana", "I am on it", 0, 12, "clara", TABER.municipality, "south", "en")
    assert after(turn, SendOn, TellTechnician) == [SendOn("hers", expected, LINE, CALLER)]
    assert after(turn, KeepText) == [KeepText("SM1", "ana")]


def test_with_a_number_they_go_to_that_one_of_two() -> None:
    assert [contact for contact, _ in sent_on(wrote(desk(CLARAS, OLGAS), "#7 J'arrive"))] == ["theirs"]
    assert [contact for contact, _ in sent_on(wrote(desk(CLARAS, OLGAS), "#12 On my way"))] == ["hers"]


def test_of_two_without_a_number_she_is_asked_and_nothing_is_sent() -> None:
    turn = wrote(desk(CLARAS, OLGAS), "On my way")
    assert sent_on(turn) == []
    assert told(turn) == ["tech_which", "tech_listed", "tech_listed"]
    assert params(turn, 1) == {"matter": "12", "who": "Taber, Clara Whitfield"}
    assert params(turn, 2) == {"matter": "7", "who": "Taber, Olga"}


def test_what_was_never_given_to_her_is_not_plainly_meant() -> None:
    turn = wrote(desk(replace(CLARAS, relayed=False)), "On my way")
    assert (sent_on(turn), told(turn)) == ([], ["tech_nobody_meant"])


@pytest.mark.parametrize(
    ("conversation", "text", "prompt"),
    [
        (CLARAS, "#99 Hello", "tech_no_matter"),
        (CLARAS, "#0 Hello", "tech_no_matter"),
        (CLARAS, "#12", "tech_empty"),
        (CLARAS, "#12   ", "tech_empty"),
        (CLARAS, "", "tech_empty"),
        (replace(OLGAS, relayed=False), "#7 Hello", "tech_not_yours"),
        (replace(CLARAS, peer=""), "#12 Hello", "tech_no_address"),
        (CLARAS, "#12abc", "tech_doubtful"),
        (CLARAS, "tkae #12", "tech_doubtful"),
        (CLARAS, "take", "tech_doubtful"),
    ],
)
def test_what_is_not_plain_is_said_and_nothing_is_sent(conversation: Conversation, text: str, prompt: str) -> None:
    turn = wrote(desk(conversation), text)
    assert (sent_on(turn), told(turn)) == ([], [prompt])


@pytest.mark.parametrize("mine", [{"relayed": True}, {"member": True}, {"owner": "ana"}])
def test_hers_is_what_she_owns_has_joined_or_was_given(mine: dict[str, object]) -> None:
    conversation = replace(OLGAS, **{"relayed": False, **mine})  # type: ignore[arg-type]
    assert [contact for contact, _ in sent_on(wrote(desk(conversation), "#7 Hello"))] == ["theirs"]


def test_a_picture_alone_is_an_answer() -> None:
    ((_, event),) = sent_on(wrote(desk(CLARAS), "", files=1))
    assert isinstance(event, TechnicianWrote)
    assert (event.words, event.files) == ("", 1)


def test_a_conversation_that_grew_quiet_is_begun_anew() -> None:
    turn = wrote(desk(QUIET), "#12 Does it work now?")
    (one,) = after(turn, SendOn)
    assert isinstance(one, SendOn)
    assert (one.contact, one.line, one.peer) == ("", LINE, CALLER)


def test_only_the_registered_number_counts() -> None:
    made = desk(CLARAS, peer="whatsapp:" + PHONE)
    turn = wrote(made, "#12 Hello")
    assert (sent_on(turn), turn.contact.technician) == ([], "")
    forged = desk(CLARAS, peer=OTHER)
    assert (sent_on(wrote(forged, "close #12")), forged.contact.technician) == ([], "")


# Commands, by both languages' words.


@pytest.mark.parametrize(
    ("text", "state"), [("on", "available"), ("dispo", "available"), ("off", "off"), ("parti", "off")]
)
def test_on_and_off_duty(text: str, state: str) -> None:
    turn = wrote(desk(), text)
    assert after(turn, SetPresence) == [SetPresence("ana", state)]  # type: ignore[arg-type]
    assert told(turn) == ["tech_now_on" if state == "available" else "tech_now_off"]


@pytest.mark.parametrize(
    ("text", "minutes"), [("away 30m", 30), ("pause 1h30", 90), ("absente 2h", 120), ("away", 0), ("absent", 0)]
)
def test_away(text: str, minutes: int) -> None:
    turn = wrote(desk(), text)
    until: datetime | None = NOW + timedelta(minutes=minutes) if minutes else None
    assert after(turn, SetPresence) == [SetPresence("ana", "away", until)]
    assert bool(params(turn)["until"]) == bool(minutes)


@pytest.mark.parametrize(("text", "code"), [("?", "en"), ("aide", "en")])
def test_help(text: str, code: str) -> None:
    turn = wrote(desk(), text)
    (answer,) = after(turn, TellTechnician)
    assert isinstance(answer, TellTechnician)
    assert tuple(given["line"] for _, given in answer.lines) == usage(code)


def test_whoever_speaks_french_is_helped_in_french() -> None:
    made = desk()
    made.floor = replace(made.floor, standings={**made.floor.standings, "ana": standing("ana", languages=("fr",))})
    (answer,) = after(wrote(made, "?"), TellTechnician)
    assert isinstance(answer, TellTechnician)
    assert tuple(given["line"] for _, given in answer.lines) == usage("fr")


@pytest.mark.parametrize("text", ["who", "qui"])
def test_who_is_at_work_and_what_they_do(text: str) -> None:
    made = desk()
    ben = replace(made.floor.standings["ben"], reservation=Reservation("another", "on_call", None))
    cho = replace(made.floor.standings["cho"], presence=said("off"))
    made.floor = replace(made.floor, standings={"ana": ANA, "ben": ben, "cho": cho})
    turn = wrote(made, text)
    assert [params(turn, line) for line in range(len(told(turn)))] == [
        {"technician": "Ana", "doing": "free"},
        {"technician": "Ben Oduya", "doing": "on a call"},
    ]


@pytest.mark.parametrize("text", ["next", "suivant"])
def test_what_waits_hers_first_then_the_pods_the_oldest_first(text: str) -> None:
    def waiting(matter: int, owner: str, minutes: int, **facts: object) -> Conversation:
        since = NOW - timedelta(minutes=minutes)
        made = Conversation(matter, owner, "x", LINE, CALLER, pod="south", waiting=True, since=since)
        return replace(made, **facts)  # type: ignore[arg-type]

    turn = wrote(
        desk(
            waiting(1, "ben", 90),
            waiting(2, "ana", 5),
            waiting(3, "ana", 20),
            waiting(4, "ben", 99, waiting=False),
            waiting(5, "dov", 99, pod="north"),
            waiting(6, "dov", 50, pod="north", member=True),
        ),
        text,
    )
    assert [params(turn, line)["matter"] for line in range(1, len(told(turn)))] == ["3", "2", "1", "6"]
    assert told(wrote(desk(), text)) == ["tech_nothing_waits"]


@pytest.mark.parametrize("text", ["take #7", "prendre #7", "Take  #7"])
def test_take(text: str) -> None:
    turn = wrote(desk(OLGAS), text)
    assert sent_on(turn) == [("theirs", TechnicianAsked(turn.contact.contact, "ana", "take"))]
    assert told(turn) == ["tech_yours_now"]
    assert after(turn, PassMatter) == [], "the client's own conversation passes it, under its matter's lock"
    quiet = wrote(desk(replace(OLGAS, contact="")), text)
    assert (sent_on(quiet), after(quiet, PassMatter)) == ([], [PassMatter("ana")])
    assert quiet.contact.matter == 7
    assert told(wrote(desk(replace(OLGAS, owner="ana")), text)) == ["tech_yours_already"]


@pytest.mark.parametrize(
    ("text", "words"), [("note #12 Pump 3 is down", "Pump 3 is down"), ("Note #12 été\nhiver", "été\nhiver")]
)
def test_note(text: str, words: str) -> None:
    turn = wrote(desk(CLARAS), text)
    assert after(turn, WriteNote) == [WriteNote("ana", 12, words)]
    assert told(turn) == ["tech_noted"]
    kept_with_it = TechnicianAsked(turn.contact.contact, "ana", "note", words)
    assert sent_on(turn) == [("hers", kept_with_it)], "for the story of the client's conversation"


MATTER = OpenMatter(12, "ana", (OpenPromise(3, "ana", NOW, "hers", "reply"), OpenPromise(4, "ana", NOW, "acall")))


@pytest.mark.parametrize(("text", "words"), [("close #12", ""), ("fermer #12 réglé", "réglé")])
def test_close(text: str, words: str) -> None:
    turn = wrote(desk(CLARAS, matters=(MATTER,)), text)
    assert after(turn, CloseMatter) == [CloseMatter(12)]
    assert after(turn, KeepPromises) == [KeepPromises((3, 4), "ana")], "whatever was owed is settled by it"
    assert after(turn, WriteNote) == ([WriteNote("ana", 12, words)] if words else [])
    assert sent_on(turn) == [("hers", TechnicianAsked(turn.contact.contact, "ana", "close", words))]
    assert sent_on(wrote(desk(QUIET, matters=(MATTER,)), text)) == []


@pytest.mark.parametrize("text", ["owner #12 Ben", "responsable #12 oduya", "owner #12 ben oduya", "owner #12 BEN"])
def test_hand_over(text: str) -> None:
    turn = wrote(desk(CLARAS), text)
    assert after(turn, PassMatter) == [PassMatter("ben")]
    assert sent_on(turn) == [("hers", TechnicianAsked(turn.contact.contact, "ben", "given"))]
    assert [(one.technician, one.prompt) for one in turn.changes if isinstance(one, Text)] == [("ben", "tech_given")]
    assert told(turn) == ["tech_handed_over"]


def test_a_key_is_enough_though_names_are_alike() -> None:
    made = desk(CLARAS)
    alike = {key: standing(key, phone=NUMBERS[key], name="Ben Lee") for key in ("ben", "cho")}
    made.floor = replace(made.floor, standings={"ana": ANA, **alike})
    assert after(wrote(made, "owner #12 cho"), PassMatter) == [PassMatter("cho")]
    turn = wrote(made, "owner #12 lee")
    assert (after(turn, PassMatter), told(turn)) == ([], ["tech_which_colleague"])
    assert params(turn)["names"] == "Ben Lee, Ben Lee"
    turn = wrote(made, "owner #12 Zoë")
    assert (after(turn, PassMatter), told(turn)) == ([], ["tech_no_colleague"])


def test_to_hand_over_everybody_must_be_known() -> None:
    with pytest.raises(WholeFloorNeeded):
        wrote(desk(CLARAS, whole=False), "owner #12 ben")


@pytest.mark.parametrize(
    ("text", "verb", "words"),
    [
        ("join #7", "join", ""),
        ("rejoindre #7", "join", ""),
        ("swarm #7 gis", "swarm", "gis"),
        ("renfort #7", "swarm", ""),
        ("mute #7", "mute", ""),
        ("silence #7", "mute", ""),
        ("mute", "mute", ""),
    ],
)
def test_what_concerns_the_clients_conversation_goes_there(text: str, verb: str, words: str) -> None:
    turn = wrote(desk(OLGAS), text)
    assert [(contact, event.verb, event.words) for contact, event in sent_on(turn)] == [("theirs", verb, words)]  # type: ignore[attr-defined]
    quiet = wrote(desk(replace(OLGAS, contact="")), text)
    assert (sent_on(quiet), told(quiet)) == ([], ["tech_nothing_to_join"])


def test_the_owner_of_a_matter_is_not_muted() -> None:
    turn = wrote(desk(CLARAS), "mute #12")
    assert (sent_on(turn), told(turn)) == ([], ["tech_owner_hears"])


@pytest.mark.parametrize("text", ["call #12", "appeler #12"])
def test_call(text: str) -> None:
    made = desk(CLARAS)
    assert after(wrote(made, text), BeginErrand) == [BeginErrand(1, "ana", 12)]
    assert after(wrote(made, text), BeginErrand) == [BeginErrand(2, "ana", 12)], "each call is a contact of its own"


WITH_MATTER = ("take #99", "note #99 x", "close #99", "owner #99 ben", "swarm #99", "join #99", "call #99", "mute #99")


@pytest.mark.parametrize("text", WITH_MATTER)
def test_a_matter_that_is_not_open_is_said_so(text: str) -> None:
    turn = wrote(desk(CLARAS), text)
    assert (told(turn), sent_on(turn)) == (["tech_no_matter"], [])
    assert after(turn, PassMatter, CloseMatter, WriteNote, BeginErrand) == []


def test_mute_alone_of_two_is_asked_about() -> None:
    assert told(wrote(desk(CLARAS, OLGAS), "mute")) == ["tech_which", "tech_listed", "tech_listed"]
    assert told(wrote(desk(), "mute")) == ["tech_nobody_meant"]


# Words of Twilio's own.


@pytest.mark.parametrize("word", [*WORDS["stop", "en"], *WORDS["stop", "fr"]])
def test_whoever_ends_our_texts_is_rung_from_then_on_and_the_supervisor_knows(word: str) -> None:
    turn = wrote(desk(CLARAS), word.lower())
    assert after(turn, SetOptOut) == [SetOptOut(word, out=True)]
    assert [(one.technician, one.prompt) for one in turn.changes if isinstance(one, Text)] == [
        ("", "tech_technician_opted_out")
    ]
    assert (sent_on(turn), after(turn, TellTechnician)) == ([], []), "it is no word for a client, nor answered by us"


def test_the_supervisor_is_told_of_it_once() -> None:
    made = desk(CLARAS)
    made.floor = replace(made.floor, unwritable=("ana",))
    assert after(wrote(made, "stop"), Text) == []


@pytest.mark.parametrize("word", [*WORDS["start", "en"], *WORDS["start", "fr"]])
def test_whoever_wants_them_again_gets_them(word: str) -> None:
    turn = wrote(desk(CLARAS), word)
    assert after(turn, SetOptOut) == [SetOptOut(word, out=False)]
    assert sent_on(turn) == []


def test_help_is_answered_by_twilio_itself() -> None:
    turn = wrote(desk(CLARAS), "HELP")
    assert after(turn, TellTechnician, SendOn, SetOptOut) == []


@pytest.mark.parametrize(
    ("text", "matters"), [("take #12", [12]), ("#7 hello", [7]), ("hello", []), ("tkae #12", []), ("?", [])]
)
def test_which_matter_must_be_known_for_it(text: str, matters: list[int]) -> None:
    assert matters_in(text) == matters
