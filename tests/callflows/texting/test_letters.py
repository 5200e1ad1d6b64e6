"""E-mail as a conversation: whose a letter is, what is not asked, and who hears what became of ours."""

from dataclasses import replace
from typing import Any

import pytest

from callflows.actions import MakePromise, OpenMatter
from callflows.events import TextSent
from callflows.text_actions import KeepText, PassOn, RelayText, SendText, TellTechnician
from callflows.text_events import LetterArrived
from callflows.texting.letters import NO_MAIL, UNKNOWN
from callflows.turn import MOST_AUTOMATIC, Turn
from routing.floor import Floor
from tests.builders import CLARA, LINE, changed, floor, matter, said, unknown_floor
from tests.callflows.correspondence import Correspondence, text_version

PEER = "mailto:clara@taber.example"


def correspond(facts: Floor | None = None, *people: str) -> Correspondence:
    known = facts or floor(matter=matter(12, "ben"))
    return Correspondence(text_version({}, *people), replace(known, peer=PEER, number=""))


def brings(made: Correspondence, words: str = "The pump is dead.", **known: Any) -> Turn:
    made.written += 1
    return made.takes(LetterArrived(f"<{made.written}@x>", PEER, LINE, words, **known))


def relays(turn: Turn) -> list[RelayText]:
    return [one for one in turn.changes if isinstance(one, RelayText)]


def told(turn: Turn) -> list[tuple[str, str]]:
    return [(one.technician, one.lines[0][0]) for one in turn.changes if isinstance(one, TellTechnician)]


def test_a_letter_goes_to_the_owner_of_the_clients_matter() -> None:
    made = correspond()
    turn = brings(made)
    assert (made.contact.channel, made.contact.client, made.contact.matter) == ("email", "clara", 12)
    assert relays(turn) == [RelayText("ben", ("<1@x>",))]
    assert KeepText("<1@x>") in turn.changes
    assert any(isinstance(one, MakePromise) and one.kind == "reply" for one in turn.changes)
    assert not [one for one in turn.changes if isinstance(one, SendText)]


def test_a_technicians_answer_goes_to_the_client() -> None:
    made = correspond()
    brings(made)
    turn = made.answers("ben", "I am on it")
    assert PassOn("SM2", "ben", "I am on it") in turn.changes


@pytest.mark.parametrize("word", ["STOP", "ARRÊT", "HELP", "START"])
def test_no_word_of_a_letter_is_an_opt_out(word: str) -> None:
    made = correspond()
    turn = brings(made, word)
    assert relays(turn)
    assert not made.contact.is_over


def test_nobody_is_asked_who_they_are_by_e_mail() -> None:
    made = correspond(unknown_floor("ana", "ben"))
    turn = brings(made)
    assert made.contact.stage == "conversing"
    assert [one.technician for one in relays(turn)] == ["ana"]
    assert any(isinstance(one, OpenMatter) for one in turn.changes)
    assert not [one for one in turn.changes if isinstance(one, SendText)]


def test_several_who_share_an_address_are_not_asked_either() -> None:
    dale = replace(CLARA, client="dale", name="Dale Petrie")
    made = correspond(floor(callers=(CLARA, dale)))
    brings(made)
    assert (made.contact.stage, made.contact.client, made.contact.municipality) == ("conversing", "", "4802022")


def test_a_domain_tells_the_municipality_and_nobody_in_it() -> None:
    made = correspond(floor(callers=(), at_domain="4802022"))
    turn = brings(made)
    assert (made.contact.client, made.contact.municipality, made.contact.pod) == ("", "4802022", "south")
    assert [one.detail["by"] for one in turn.story if one.kind == "identified"] == ["domain"]


def test_a_letter_that_names_its_matter_goes_there_whoever_writes() -> None:
    made = correspond(floor(callers=(), matter=replace(matter(12, "ben"), client="clara", municipality="4802022")))
    turn = brings(made, matter=12, municipality="4802022", pod="south", is_signed=True)
    assert (made.contact.matter, made.contact.client, made.contact.municipality) == (12, "", "4802022")
    assert [one.technician for one in relays(turn)] == ["ben"]
    assert [one.detail["by"] for one in turn.story if one.kind == "identified"] == ["letter"]


def test_a_matter_that_was_closed_meanwhile_is_not_joined() -> None:
    made = correspond(floor(callers=()))
    turn = brings(made, matter=7, municipality="4802022", pod="south", is_signed=True)
    assert made.contact.matter != 7
    assert not [one for one in turn.story if one.kind == "identified"]


def test_a_machines_letter_in_a_conversation_is_only_kept() -> None:
    made = correspond()
    brings(made)
    before = made.contact
    turn = brings(made, automatic=True)
    assert turn.changes == (KeepText("<2@x>"),)
    assert made.contact == before


def test_a_machines_letter_alone_opens_nothing() -> None:
    made = correspond()
    turn = brings(made, automatic=True)
    assert made.contact.is_over
    assert not [one for one in turn.changes if isinstance(one, (OpenMatter, SendText, RelayText, MakePromise))]


def at_night() -> Correspondence:
    made = correspond(floor(matter=matter(12, "ben")))
    for key in ("ana", "ben", "cho"):
        made.floor = changed(made.floor, key, presence=said("off"))
    return made


def test_out_of_hours_they_hear_by_when_and_machines_are_not_answered_for_ever() -> None:
    made = at_night()
    assert [type(one) for one in brings(made).changes if isinstance(one, SendText)] == [SendText]
    made.floor = replace(made.floor, automatic=MOST_AUTOMATIC)
    made.contact = replace(at_night().contact)
    assert not [one for one in brings(made).changes if isinstance(one, SendText)]


def fate(made: Correspondence, status: str, why: str, technician: str = "ana") -> Turn:
    return made.takes(TextSent("<9@x>", technician, "", status, why, 5, True))


@pytest.mark.parametrize(
    ("status", "why", "prompt"),
    [
        ("undelivered", "550 no such user", "tech_mail_bounced"),
        ("refused", "550 no such user", "tech_mail_refused"),
        ("refused", NO_MAIL, "tech_mail_no_mail"),
        ("refused", UNKNOWN, "tech_mail_unknown"),
        ("undelivered", "", "tech_mail_bounced"),
    ],
)
def test_who_wrote_a_letter_that_did_not_arrive_hears_why(status: str, why: str, prompt: str) -> None:
    made = correspond()
    brings(made)
    turn = fate(made, status, why)
    assert told(turn) == [("ana", prompt)]
    (said,) = [one.lines[0][1] for one in turn.changes if isinstance(one, TellTechnician)]
    assert said == {"matter": "12", "who": "clara@taber.example", "why": why}


def test_a_late_or_delivered_letter_is_told_in_the_story_alone() -> None:
    made = correspond()
    brings(made)
    for status in ("accepted", "delayed", "delivered"):
        assert fate(made, status, "").changes == ()


def test_what_we_wrote_by_ourselves_is_told_to_the_owner_at_work_alone() -> None:
    made = correspond()
    brings(made)
    assert told(fate(made, "undelivered", "550", technician="")) == [("ben", "tech_mail_bounced")]
    assert told(fate(made, "refused", NO_MAIL, technician="")) == []
    made.floor = changed(made.floor, "ben", presence=said("off"))
    assert told(fate(made, "undelivered", "550", technician="")) == []


# "Call me".


def test_who_asks_for_a_call_is_called_at_the_number_that_the_directory_has() -> None:
    made = correspond()
    turn = brings(made, "The pump is dead. Please call me.")
    assert {one.kind for one in turn.changes if isinstance(one, MakePromise)} == {"call_back", "reply"}
    assert made.contact.number == "+14035550120"
    (said,) = made.sent
    assert said.startswith("We will call you by ")
    assert said.endswith(", at the number that we have of you.")
    assert made.story("callback_promised")


@pytest.mark.parametrize(
    "facts",
    [floor(matter=matter(12, "ben"), callers=(replace(CLARA, phones=()),)), unknown_floor()],
    ids=["none is known", "a stranger"],
)
def test_without_any_number_of_theirs_they_are_answered_in_writing(facts: Floor) -> None:
    made = correspond(facts)
    turn = brings(made, "Please call me")
    assert [one.kind for one in turn.changes if isinstance(one, MakePromise)] == ["reply"]
    assert made.sent == []
    assert relays(turn)


# Whose sender may be made up.


def test_nothing_goes_by_itself_to_a_sender_who_may_be_made_up() -> None:
    made = at_night()
    brings(made, is_unproven=True)
    assert made.sent == []
    assert "unproven" in made.reasons("not_sent")
    brings(made, "It is really me.", is_unproven=False)
    assert len(made.sent) == 1, "a letter that is proven is answered"


def test_they_reach_a_person_who_may_answer_them() -> None:
    made = correspond()
    turn = brings(made, is_unproven=True)
    assert [one.technician for one in relays(turn)] == ["ben"]
    assert any(isinstance(one, PassOn) for one in made.answers("ben").changes)


def test_nobody_is_called_because_of_a_letter_that_somebody_else_may_have_written() -> None:
    made = at_night()
    turn = brings(made, "Please call me", is_unproven=True)
    assert [one.kind for one in turn.changes if isinstance(one, MakePromise)] == ["reply"]
    assert made.reasons("call_not_believed") == [""]
