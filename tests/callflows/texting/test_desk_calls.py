"""Commands that mean a call: by the matter's number, or because the technician is on that one alone."""

from dataclasses import replace

import pytest

from callflows.text_actions import SendOn
from callflows.text_events import TechnicianAsked
from routing.floor import LiveCall
from tests.builders import TABER
from tests.callflows.texting.test_desk import CLARAS, OLGAS, desk, params, sent_on, told, wrote

HERS = LiveCall("call", 12, ("ana",), "clara", TABER.municipality)
BENS = replace(HERS, contact="bens", talking=("ben",))


@pytest.mark.parametrize(
    ("text", "words"), [("swarm", ""), ("renfort", ""), ("swarm #12", ""), ("Swarm #12 Water", "Water")]
)
def test_help_for_the_call_that_she_is_on(text: str, words: str) -> None:
    turn = wrote(desk(CLARAS, OLGAS, calls=(HERS,)), text)
    assert sent_on(turn) == [("call", TechnicianAsked(turn.contact.contact, "ana", "swarm", words))]
    assert turn.contact.matter == 12
    assert [one.code for one in turn.reasons] == ["command", "means_the_call"]


def test_another_number_is_another_matter() -> None:
    assert [contact for contact, _ in sent_on(wrote(desk(CLARAS, OLGAS, calls=(HERS,)), "swarm #7"))] == ["theirs"]


@pytest.mark.parametrize("calls", [(), (HERS, replace(HERS, contact="second", matter=7)), (BENS,)])
def test_what_is_not_plain_is_asked(calls: tuple[LiveCall, ...]) -> None:
    turn = wrote(desk(CLARAS, OLGAS, calls=calls), "swarm")
    assert (sent_on(turn), told(turn)) == ([], ["tech_which", "tech_listed", "tech_listed"])


def test_help_is_asked_for_by_who_is_there() -> None:
    turn = wrote(desk(CLARAS, calls=(BENS,)), "swarm #12")
    assert (sent_on(turn), told(turn)) == ([], ["tech_not_your_call"])
    assert params(turn) == {"matter": "12", "technician": "Ben Oduya"}
    waits = wrote(desk(CLARAS, calls=(replace(BENS, talking=()),)), "swarm #12")
    assert (sent_on(waits), told(waits)) == ([], ["tech_call_waits"])


@pytest.mark.parametrize("call", [BENS, replace(BENS, talking=()), HERS])
def test_join_means_the_call_while_there_is_one(call: LiveCall) -> None:
    turn = wrote(desk(CLARAS, calls=(call,)), "join #12")
    assert sent_on(turn) == [(call.contact, TechnicianAsked(turn.contact.contact, "ana", "join"))]
    assert [contact for contact, _ in sent_on(wrote(desk(CLARAS), "join #12"))] == ["hers"]


@pytest.mark.parametrize("text", ["swarm", "swarm #12", "join #12"])
def test_a_call_that_we_made_stays_one_of_two(text: str) -> None:
    turn = wrote(desk(CLARAS, calls=(replace(HERS, by_us=True),)), text)
    assert (sent_on(turn), told(turn)) == ([], ["tech_call_of_two"])


def test_without_any_call_swarm_alone_is_the_only_conversation_in_writing() -> None:
    (one,) = [one for one in wrote(desk(CLARAS), "swarm").changes if isinstance(one, SendOn)]
    assert one.contact == "hers"
