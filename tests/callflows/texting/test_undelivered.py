"""A client's words that a technician's telephone has lost: they go to the next, and never round in circles."""

from dataclasses import replace

import pytest

from callflows.actions import BeginErrand, MakePromise, PassMatter, SetTimer, Text
from callflows.events import TextSent
from callflows.text_actions import RelayText, SetBlocked
from callflows.texting import owing
from callflows.texting.undelivered import MOST_LOST
from callflows.turn import Turn, epoch_ms
from routing.floor import Floor
from tests.builders import CALLER, changed, floor, matter, said, standing
from tests.callflows.correspondence import Correspondence, text_version

PEOPLE = ("ana", "ben", "cho", "dot", "eve")


def asked(facts: Floor | None = None, *people: str) -> Correspondence:
    """Clara has written: SM1."""
    made = Correspondence(text_version({}, *people), replace(facts or floor(), peer=CALLER))
    made.writes("Our tax roll is broken")
    return made


def loses(made: Correspondence, technician: str, code: str = "30003", legs: tuple[str, ...] = ("SM1",)) -> Turn:
    """What Twilio says of the relay; as a floor that is read after it tells."""
    if code != "30007":
        made.floor = replace(made.floor, unreached=(*made.floor.unreached, technician))
    asked_at = epoch_ms(made.floor.at)
    return made.takes(TextSent("SM9", technician, "tech_header", "undelivered", code, 5, legs=legs, asked_at=asked_at))


def relays(turn: Turn) -> list[RelayText]:
    return [one for one in turn.changes if isinstance(one, RelayText)]


def alarms(turn: Turn) -> list[str]:
    return [one.prompt for one in turn.changes if isinstance(one, Text) and not one.technician]


@pytest.mark.parametrize("status", ["undelivered", "failed", "refused"])
@pytest.mark.parametrize("code", ["30003", "30005", "30006", "30007", "21614", "a sentence of ours", ""])
def test_the_next_is_given_them_at_once_and_the_owner_stays_the_owner(status: str, code: str) -> None:
    made = asked(floor(matter=matter(12, "ana")))
    turn = made.takes(TextSent("", "ana", "tech_header", status, code, 5, legs=("SM1",)))
    assert relays(turn) == [RelayText("ben", ("SM1",), note="unreached")]
    assert [one for one in turn.changes if isinstance(one, (PassMatter, MakePromise))] == []
    assert made.floor.matters[0].owner == "ana"
    assert len(made.promises) == 1, "what was promised stands"
    assert alarms(turn) == []
    assert "words_lost" in [one.code for one in turn.reasons]
    assert [one.detail.get("why", "") for one in turn.story] == [code]


def test_what_the_client_writes_next_goes_to_whoever_can_read_it() -> None:
    made = asked(floor(matter=matter(12, "ana")))
    loses(made, "ana")
    assert made.last_given("Hello?") == {"ben"}
    assert made.reasons("left_out") == ["unreached"]


def test_whose_telephone_is_heard_of_again_is_given_them_again() -> None:
    made = asked(floor(matter=matter(12, "ana")))
    loses(made, "ana")
    made.floor = replace(made.floor, unreached=())
    assert made.last_given("Hello?") == {"ana", "ben"}


def test_in_another_conversation_their_telephone_is_not_tried_either() -> None:
    made = asked(replace(floor(matter=matter(12, "ana")), unreached=("ana",)))
    assert made.given == [("ben", ("SM1",))]
    assert made.floor.matters[0].owner == "ana"


def test_who_was_given_them_as_well_is_enough() -> None:
    made = asked()
    made.asks("ben", "join")
    made.writes("Hello?")
    turn = loses(made, "ana", legs=("SM2",))
    assert relays(turn) == []
    assert made.reasons("others_have_it") == [""]
    turn = loses(made, "ben", legs=("SM2",))
    assert [one.technician for one in relays(turn)] == ["cho"], "until they have lost them too"


def test_nobody_is_given_the_same_words_twice_and_after_three_telephones_the_supervisor_hears() -> None:
    made = asked(floor(*(standing(key) for key in PEOPLE)), *PEOPLE)
    tried = ["ana"]
    for _ in range(MOST_LOST - 1):
        turn = loses(made, tried[-1], "30007")
        tried += [one.technician for one in relays(turn)]
        assert alarms(turn) == []
    assert tried == ["ana", "ben", "cho"]
    turn = loses(made, tried[-1], "30007")
    assert (relays(turn), alarms(turn)) == ([], ["tech_unread"])
    assert len(made.promises) == 1
    for technician in tried:  # reported twice
        turn = loses(made, technician, "30007")
        assert (relays(turn), alarms(turn)) == ([], [])


def test_if_nobody_else_is_there_the_supervisor_hears_and_the_words_wait_for_the_next_shift() -> None:
    facts = floor(standing("ana"), *(standing(key, presence=said("off")) for key in ("ben", "cho")))
    made = asked(facts)
    turn = loses(made, "ana")
    assert (relays(turn), alarms(turn)) == ([], ["tech_unread"])
    assert owing.OPEN in {one.timer for one in turn.changes if isinstance(one, SetTimer)}
    assert made.sent == [], "the client has been told nothing, and need not be"
    made.floor = changed(made.floor, "ben", presence=said("available"))
    turn = made.fires(owing.OPEN, minutes=30)
    assert [(one.technician, one.legs) for one in relays(turn)] == [("ben", ("SM1",))]


def test_the_supervisor_hears_once_an_hour_of_one_conversation() -> None:
    facts = floor(standing("ana"), *(standing(key, presence=said("off")) for key in ("ben", "cho")))
    made = asked(facts)
    assert alarms(loses(made, "ana")) == ["tech_unread"]
    assert alarms(made.writes("Hello?")) == []
    made.passes(minutes=61)
    assert alarms(made.writes("Is anybody there?")) == ["tech_unread"]


def test_where_a_day_began_without_any_telephone_the_client_hears_by_when_and_the_supervisor_at_once() -> None:
    made = asked(replace(floor(), unreached=("ana", "ben", "cho")))
    assert made.given == []
    assert alarms(made.turns[-1]) == ["tech_unread"]
    assert len(made.sent) == len(made.promises) == 1


def test_whom_twilio_knows_to_have_ended_our_texts_is_rung_from_then_on() -> None:
    made = asked(floor(matter=matter(12, "ana")))
    turn = loses(made, "ana", "21610")
    assert [one for one in turn.changes if isinstance(one, SetBlocked)] == [SetBlocked(True, "ana")]
    assert alarms(turn) == ["tech_technician_opted_out"]
    assert [one.technician for one in relays(turn)] == ["ben"]
    made.floor = replace(made.floor, unreached=(), unwritable=("ana",))
    turn = made.writes("Hello?")
    assert [one.technician for one in turn.changes if isinstance(one, BeginErrand)] == ["ana"]
    assert [one for one in loses(made, "ana", "21610").changes if isinstance(one, SetBlocked)] == [], "ours by now"


def test_a_refusal_from_before_their_start_ends_nothing() -> None:
    made = asked(floor(matter=matter(12, "ana")))
    made.floor = replace(made.floor, opted_in=(("ana", epoch_ms(made.floor.at) + 1),))
    turn = loses(made, "ana", "21610")
    assert [one for one in turn.changes if isinstance(one, SetBlocked)] == []
    assert alarms(turn) == []
    assert [one.technician for one in relays(turn)] == ["ben"]


def test_a_copy_of_a_colleagues_answer_that_is_lost_is_nobodys_business() -> None:
    made = asked()
    turn = made.takes(TextSent("SM9", "ben", "tech_header_by", "undelivered", "30003", 5))
    assert turn.changes == ()


def test_of_a_matter_that_was_closed_meanwhile_nobody_is_given_anything() -> None:
    made = asked()
    made.floor = replace(made.floor, matters=())
    assert relays(loses(made, "ana")) == []


def test_after_an_opt_out_the_words_still_reach_somebody_who_phones() -> None:
    made = asked()
    made.writes("STOP")
    assert made.contact.is_over
    made.floor = replace(made.floor, silenced=True)
    turn = loses(made, "ana")
    assert relays(turn) == [RelayText("ben", ("SM1",), note="silenced")]
    assert turn.contact.is_over


def test_whoever_is_not_wanted_or_not_at_work_is_not_the_next() -> None:
    made = asked(changed(floor(), "ben", presence=said("off")))
    assert [one.technician for one in relays(loses(made, "ana"))] == ["cho"]


def test_reminders_go_to_who_can_read_them() -> None:
    made = asked(floor(matter=matter(12, "ana")))
    loses(made, "ana")
    turn = made.fires(owing.REMINDER, minutes=30)
    assert [one.technician for one in turn.changes if isinstance(one, Text)] == ["ben"]


def test_who_has_ended_our_texts_and_is_alone_is_rung_at_once() -> None:
    """Their word never reached us, or comes later than Twilio's refusal."""
    facts = floor(standing("ana"), *(standing(key, presence=said("off")) for key in ("ben", "cho")))
    made = asked(facts)
    turn = loses(made, "ana", "21610")
    assert [one.technician for one in turn.changes if isinstance(one, BeginErrand)] == ["ana"]
    assert (relays(turn), alarms(turn)) == ([], ["tech_technician_opted_out"])
    assert made.contact.thread
    assert made.contact.thread.waiting == ()


def test_words_that_wait_ring_who_has_ended_our_texts_by_then() -> None:
    facts = floor(standing("ana"), *(standing(key, presence=said("off")) for key in ("ben", "cho")))
    made = asked(facts)
    loses(made, "ana")
    made.floor = replace(made.floor, unreached=(), unwritable=("ana",))
    turn = made.fires(owing.OPEN, minutes=30)
    assert [one.technician for one in turn.changes if isinstance(one, BeginErrand)] == ["ana"]
    assert relays(turn) == []
