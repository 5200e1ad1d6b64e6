"""From a number to client, municipality, pod and language, and to the first technician in the very first answer."""

from datetime import timedelta
from typing import Any

import pytest

from callflows.actions import Hangup, Record, Reject, Reserve, Ring, Say
from callflows.events import CallOver
from routing.directory import Client, Line
from routing.floor import Reservation
from tests.builders import (
    BARNWELL,
    CALLER,
    CLARA,
    LINE,
    MILK_RIVER,
    NORTH,
    NOW,
    TABER,
    floor,
    matter,
    pod,
    standing,
    unknown_floor,
    version,
)
from tests.callflows.call import CALL, Call, changes_of


def test_the_answer_to_the_first_webhook_already_rings_the_first_technician() -> None:
    call = Call(floor())
    turn = call.arrives()
    assert turn.replies == (Say("greeting_known", {"client": "Clara Whitfield"}), Ring("ana", 1, 15))
    assert turn.changes == (Reserve("ana"),)
    assert [one.kind for one in turn.story] == ["received", "identified", "prompted", "ring_started"]
    assert (call.contact.flow, call.contact.version, call.contact.line) == ("main", 7, LINE)


def test_the_contact_remembers_who_calls_and_what_is_open() -> None:
    call = Call(floor(matter=matter(12, "ben")))
    call.arrives()
    found = call.contact
    assert (found.client, found.municipality, found.pod, found.matter) == ("clara", "4802022", "south", 12)
    assert found.known_number


OWEN = Client("owen", "Owen Blood", (CALLER,), ("4802022",), "fr")
WANDA = Client("wanda", "Wanda Two-Towns", (CALLER,), ("4802022", "4802019"))
NORA = Client("nora", "Nora North", (CALLER,), ("4802001",))
LOST = Client("lost", "Lost Client", (CALLER,), ("0000000",))
BRIEF = Client("brief", "Brief Client", (CALLER,), ("4802019",))
PLACES = {one.municipality: one for one in (TABER, BARNWELL, MILK_RIVER)}
PODS = {**pod(), "north": NORTH}


@pytest.mark.parametrize(
    ("callers", "known"),
    [
        ((CLARA,), ("clara", "4802022", "south", "en", "ana", "")),
        ((OWEN,), ("owen", "4802022", "south", "fr", "", "call_back")),
        ((BRIEF,), ("brief", "4802019", "south", "fr", "", "call_back")),
        ((CLARA, OWEN), ("", "4802022", "south", "en", "", "client")),
        ((WANDA,), ("wanda", "", "south", "en", "", "municipality")),
        ((CLARA, BRIEF), ("", "", "south", "en", "", "municipality")),
        ((CLARA, NORA), ("", "", "", "en", "", "municipality")),
        ((NORA,), ("nora", "4802001", "north", "en", "", "call_back")),
        ((LOST,), ("lost", "", "", "en", "", "call_back")),
        ((), ("", "", "", "en", "", "place")),
    ],
    ids=[
        "one client of one municipality",
        "the client's language wins over the municipality's",
        "a client without a language speaks the municipality's first",
        "a number shared within a municipality: the place is known, the person is asked for",
        "a client of two municipalities of one pod",
        "a number shared by two municipalities of one pod",
        "a number shared by two pods",
        "a municipality without a language: the line's first",
        "a municipality that is not in the directory",
        "an unknown number",
    ],
)
def test_what_all_clients_of_a_number_share_is_known_and_the_rest_is_asked(
    callers: tuple[Client, ...], known: tuple[str, ...]
) -> None:
    call = Call(floor(callers=callers, municipalities=PLACES, pods=PODS))
    call.arrives()
    found = call.contact
    asked = found.asked.kind if found.asked else ""
    assert (found.client, found.municipality, found.pod, found.language, call.rung, asked) == known
    assert len(call.story("identified")) == (known[-1] in ("", "call_back"))


def test_a_place_is_greeted_by_its_name_in_the_callers_language() -> None:
    two = (Client("a", "A", (CALLER,), ("4802019",)), Client("b", "B", (CALLER,), ("4802019",)))
    call = Call(floor(standing("ana", languages=("fr",)), callers=two, municipalities=PLACES))
    call.arrives()
    assert call.answers("9").replies[0] == Say("thanks_place", {"municipality": "Barnwell-sur-Oldman"})
    assert call.rung == "ana"


def test_a_pod_that_is_not_in_the_directory_is_no_pod() -> None:
    call = Call(floor(pods={}))
    assert call.arrives().replies[-1] == Record(180)
    assert call.contact.pod == ""


def test_an_unknown_number_speaks_the_lines_first_language() -> None:
    call = Call(unknown_floor(line=Line(LINE, languages=("fr", "en"))))
    call.arrives()
    call.stays_silent()
    assert call.contact.language == "fr"
    assert call.story("unidentified")[0].detail == {"withheld": False}
    silent = Call(unknown_floor(line=Line(LINE, languages=())))
    silent.arrives(caller="")
    assert silent.contact.language == "en"
    assert silent.story("unidentified")[0].detail == {"withheld": True}
    assert not silent.contact.known_number


@pytest.mark.parametrize(
    ("facts", "rejected"),
    [
        ({"from_our_line": True}, True),
        ({"calling": "ana", "ana": Reservation("another", "ringing", NOW + timedelta(seconds=1))}, True),
        ({"calling": "ana", "ana": Reservation("another", "ringing", None)}, True),
        ({"calling": "ana", "ana": Reservation("another", "ringing", NOW)}, False),
        ({"calling": "ana", "ana": Reservation("another", "on_call", None)}, False),
        ({"calling": "ana"}, False),
        ({"calling": "gone"}, False),
        ({"recent_calls": 1000}, False),
    ],
    ids=[
        "our own line calls us",
        "a technician who is being rung",
        "a technician who is being rung, without an end",
        "a technician whose ring has expired",
        "a technician who talks",
        "a technician at rest",
        "a technician no longer in the directory",
        "many calls from one number",
    ],
)
def test_only_a_loop_is_rejected(facts: dict[str, Any], rejected: bool) -> None:
    ana = standing("ana", reservation=facts.pop("ana", None))
    call = Call(floor(ana, "ben", "cho", **facts))
    replies = call.arrives().replies
    assert (replies == (Reject(),)) == rejected
    if rejected:
        assert (call.contact.stage, call.contact.outcome) == ("over", "failed")
        assert call.everybody_rung == []
    else:
        assert not call.contact.is_over


def test_a_technician_who_calls_is_not_rung() -> None:
    call = Call(floor(calling="ana"))
    call.arrives()
    assert (call.rung, call.skipped) == ("ben", [("ana", "on_call")])


@pytest.mark.parametrize(("others", "rings"), [(0, "ana"), (9, "ana"), (10, ""), (500, "")])
def test_beyond_ten_calls_in_ten_seconds_they_get_voicemail(others: int, rings: str) -> None:
    call = Call(floor(recent_calls=others))
    call.arrives()
    assert call.rung == rings
    assert isinstance(call.replies[-1], Ring if rings else Record)
    assert [one.code for one in call.last.reasons].count("burst") == (not rings)


def test_the_flow_may_set_another_limit() -> None:
    call = Call(floor(recent_calls=3), version(burst_calls=3))
    call.arrives()
    assert call.rung == ""


def test_a_caller_who_left_before_we_answered_rings_nobody() -> None:
    call = Call(floor())
    turn = call.arrives(gone=True)
    assert turn.replies == ()
    assert (call.contact.outcome, call.everybody_rung) == ("abandoned", [])
    assert [one.kind for one in turn.story] == ["received", "ended"]


def test_a_call_that_is_over_before_it_arrived_is_kept_all_the_same() -> None:
    call = Call(floor())
    turn = call.takes(CallOver(CALL, "no-answer"))
    assert [one.kind for one in turn.story] == ["received", "ended"]
    assert (call.contact.outcome, call.contact.line) == ("abandoned", LINE)
    assert call.arrives().replies == (Say("goodbye"), Hangup())
    assert call.everybody_rung == []
    assert changes_of(call, Reserve) == []
