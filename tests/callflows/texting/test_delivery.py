"""What became of our texts: in the story, and told to whoever wrote what did not arrive."""

from dataclasses import replace

import pytest

from callflows.events import TextSent
from callflows.text_actions import SendText, SetDeaf, SetOptOut, TellTechnician
from callflows.turn import Turn
from routing.floor import Floor
from tests.builders import CALLER, floor, matter
from tests.callflows.correspondence import Correspondence, text_version


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
) -> Turn:
    return made.takes(TextSent("SM9", technician, "", status, code, 5, to_client, first=first))


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


def test_an_opt_out_that_twilio_knew_first_is_ours_from_then_on() -> None:
    """21610: they had said STOP elsewhere, or before our time."""
    made = answered()
    turn = fate(made, "refused", "21610")
    assert [one for one in turn.changes if isinstance(one, SetOptOut)] == [SetOptOut("21610", out=True)]
    assert [line.detail for line in turn.story if line.kind == "opted_out"] == [{"word": "21610"}]
    assert told(made.answers("ana", "Are you there?")) == [("ana", "tech_opted_out")]
    again = made.writes("START")
    assert [one for one in again.changes if isinstance(one, SetOptOut)] == [SetOptOut("START", out=False)]
    assert told(made.answers("ana", "There you are")) == [], "they want them again"


def test_our_own_record_is_not_written_anew_by_its_echo() -> None:
    made = answered()
    made.floor = replace(made.floor, silenced=True)
    turn = fate(made, "refused", "21610")
    assert [one for one in turn.changes if isinstance(one, SetOptOut)] == []
    assert told(turn) == [("ana", "tech_failed_21610")]


def test_after_the_end_nothing_is_sent_and_the_story_goes_on() -> None:
    made = answered()
    made.asks("ben", "close")
    assert made.contact.is_over
    for status, code in (("delivered", ""), ("undelivered", "30003"), ("failed", "21610")):
        turn = fate(made, status, code)
        assert turn.contact.is_over
        assert [one for one in turn.changes if isinstance(one, SendText)] == []
        assert turn.story[0].kind == "text_status"
