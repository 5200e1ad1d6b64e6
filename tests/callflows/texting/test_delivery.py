"""What became of our texts: in the story, and told to whoever wrote what did not arrive."""

from dataclasses import replace

import pytest

from callflows.events import TextSent
from callflows.text_actions import SendText, SetBlocked, SetDeaf, SetOptOut, TellTechnician
from callflows.turn import Turn, epoch_ms
from routing.floor import Floor
from tests.builders import CALLER, NOW, floor, matter
from tests.callflows.correspondence import Correspondence, text_version

ASKED_AT = epoch_ms(NOW)


def answered(facts: Floor | None = None) -> Correspondence:
    """Clara wrote, Ana answered her; the matter is Ben's."""
    made = Correspondence(text_version({}), replace(facts or floor(matter=matter(12, "ben")), peer=CALLER))
    made.writes("Our tax roll is broken")
    made.answers("ana")
    return made


def fate(
    made: Correspondence,
    status: str,
    code: str = "",
    technician: str = "ana",
    to_client: bool = True,
    first: bool = False,
    asked_at: int = ASKED_AT,
) -> Turn:
    return made.takes(TextSent("SM9", technician, "", status, code, 5, to_client, first=first, asked_at=asked_at))


def told(turn: Turn) -> list[tuple[str, str]]:
    return [(one.technician, one.lines[0][0]) for one in turn.changes if isinstance(one, TellTechnician)]


@pytest.mark.parametrize(
    ("status", "first", "kinds"),
    [
        ("accepted", True, ["text_out"]),
        ("queued", True, ["text_out"]),
        ("queued", False, ["text_status"]),
        ("sent", True, ["text_out"]),
        ("sent", False, ["text_status"]),
        ("delivered", True, ["text_out", "text_status"]),
        ("delivered", False, ["text_status"]),
    ],
)
def test_what_goes_well_is_told_in_the_story_alone(status: str, first: bool, kinds: list[str]) -> None:
    """That it went out once, whether Twilio's answer or its report is the first to say so."""
    turn = fate(answered(), status, first=first)
    assert turn.changes == ()
    assert [line.kind for line in turn.story] == kinds
    for line in turn.story:
        assert (line.technician, line.leg) == ("ana", "SM9")
        assert line.detail == {"status": status, "to": "client", "message": "5"}


def test_what_twilio_refused_never_went_out() -> None:
    assert [line.kind for line in fate(answered(), "refused", "30003", first=True).story][:1] == ["text_status"]
    assert [line.kind for line in fate(answered(), "failed", "30003", first=True).story][:2] == [
        "text_out",
        "text_status",
    ]


@pytest.mark.parametrize("status", ["failed", "undelivered", "refused"])
@pytest.mark.parametrize(
    ("code", "prompt"),
    [
        ("30003", "tech_failed_30003"),
        ("30004", "tech_failed_30004"),
        ("30005", "tech_failed_30005"),
        ("30006", "tech_failed_30006"),
        ("30007", "tech_failed_30007"),
        ("21610", "tech_failed_21610"),
        ("21614", "tech_failed_21614"),
        ("99999", "tech_failed"),
        ("", "tech_failed"),
        ("a sentence of ours", "tech_failed"),
    ],
)
def test_what_failed_is_told_in_words_to_whoever_wrote_it(status: str, code: str, prompt: str) -> None:
    turn = fate(answered(), status, code)
    assert told(turn) == [("ana", prompt)]
    assert turn.story[0].detail.get("why", "") == code


def test_of_what_we_wrote_ourselves_the_owner_is_told() -> None:
    assert told(fate(answered(), "failed", "30003", technician="")) == [("ben", "tech_failed_30003")]
    made = answered()
    made.floor = replace(made.floor, matters=())
    assert told(fate(made, "failed", "30003", technician="")) == [("ben", "tech_failed_30003")], "whose it was"


def test_what_did_not_reach_a_technician_is_told_to_none() -> None:
    turn = fate(answered(), "failed", "30003", to_client=False)
    assert turn.changes == ()


@pytest.mark.parametrize("code", ["30006", "21614"])
def test_a_landline_is_remembered_and_nothing_more_is_sent_there(code: str) -> None:
    made = answered()
    turn = fate(made, "undelivered", code)
    assert [one for one in turn.changes if isinstance(one, SetDeaf)] == [SetDeaf(code)]
    made.floor = replace(made.floor, deaf=True)
    assert [one for one in fate(made, "undelivered", code).changes if isinstance(one, SetDeaf)] == [], "known"
    turn = made.answers("ana", "Are you there?")
    assert told(turn) == [("ana", "tech_unreachable")]


def opt_outs(turn: Turn) -> list[SetOptOut | SetBlocked]:
    return [one for one in turn.changes if isinstance(one, (SetOptOut, SetBlocked))]


def test_an_opt_out_that_twilio_knew_first_holds_for_the_line_that_it_names() -> None:
    """21610: they had said STOP to this line unheard, or before our time."""
    made = answered()
    turn = fate(made, "refused", "21610")
    assert opt_outs(turn) == [SetBlocked(True)]
    assert [line.detail for line in turn.story if line.kind == "opted_out"] == [{"word": "21610"}]
    assert told(made.answers("ana", "Are you there?")) == [("ana", "tech_opted_out")]
    again = made.writes("START")
    assert opt_outs(again) == [SetOptOut("START", out=False), SetBlocked(False)]
    assert told(made.answers("ana", "There you are")) == [], "they want them again"


def test_our_own_record_is_not_written_anew_by_its_echo() -> None:
    made = answered()
    made.floor = replace(made.floor, silenced=True)
    turn = fate(made, "refused", "21610")
    assert opt_outs(turn) == []
    assert told(turn) == [("ana", "tech_failed_21610")]


@pytest.mark.parametrize(
    ("asked_at", "opted_in", "is_news"),
    [
        (ASKED_AT, (), True),
        (ASKED_AT, (("", ASKED_AT - 1),), True),
        (ASKED_AT, (("", ASKED_AT),), False),
        (ASKED_AT, (("", ASKED_AT + 1),), False),
        (ASKED_AT, (("ana", ASKED_AT + 1),), True),  # she said it, not the client
        (0, (), False),  # we held it back ourselves
    ],
)
def test_a_refusal_that_is_older_than_their_start_takes_nothing_back(
    asked_at: int, opted_in: tuple[tuple[str, int], ...], is_news: bool
) -> None:
    made = answered()
    made.floor = replace(made.floor, opted_in=opted_in)
    turn = fate(made, "failed", "21610", asked_at=asked_at)
    assert opt_outs(turn) == ([SetBlocked(True)] if is_news else [])
    assert told(turn) == [("ana", "tech_failed_21610" if is_news else "tech_failed_past")]
    assert made.contact.thread
    assert made.contact.thread.silenced == is_news


def test_where_this_line_alone_may_not_write_the_technician_is_told_so() -> None:
    made = answered()
    made.floor = replace(made.floor, silenced=True, blocked=True)
    assert told(made.answers("ana", "Are you there?")) == [("ana", "tech_blocked")]
    made.floor = replace(made.floor, blocked=False)
    assert told(made.answers("ana", "Are you there?")) == [("ana", "tech_opted_out")]


def test_after_the_end_nothing_is_sent_and_the_story_goes_on() -> None:
    made = answered()
    made.asks("ben", "close")
    assert made.contact.is_over
    for status, code in (("delivered", ""), ("undelivered", "30003"), ("failed", "21610")):
        turn = fate(made, status, code)
        assert turn.contact.is_over
        assert [one for one in turn.changes if isinstance(one, SendText)] == []
        assert turn.story[0].kind == "text_status"
