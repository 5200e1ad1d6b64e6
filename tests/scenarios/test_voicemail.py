"""Nobody takes the call: a message, a matter, and a promise that somebody owns."""

from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.people.story import StoryClock
from tests.dealing import but
from tests.world import DIRECTORY, Reader, World

NOBODY = {
    **DIRECTORY,
    "technicians.csv": """technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,+1 403 555 0111,taber,1,en,tax,Mon-Fri 18:00-23:00,ana@example.org,yes
ben,Ben Oduya,+1 403 555 0112,taber,2,en,water,Mon-Fri 12:00-17:00,ben@example.org,yes
""",
}


@pytest.fixture
def quiet_desk(worlds: Any) -> World:
    """Nine in the morning in Taber; Ben's shift begins at noon, Ana's in the evening."""
    world: World = worlds(directory=NOBODY)
    return world


def test_nobody_on_shift_the_next_on_shift_owns_the_promise(quiet_desk: World, line: str) -> None:
    world = quiet_desk
    caller, ana, ben = world.phones([("+14035550120", "Clara"), ("+14035550111", "Ana"), ("+14035550112", "Ben")])
    caller.dials(line).hears("call you back by Tuesday at 11:00").speaks(8).hears("Thank you").has_ended()
    contact = world.desk.contact()
    assert (contact["outcome"], contact["owner"]) == ("voicemail", "ben")
    assert sorted(world.desk.skipped()) == [("ana", "off_shift"), ("ben", "off_shift")]
    promises = world.desk.query("SELECT owner, due_at, kept_at, matter FROM promises")
    assert [(one["owner"], one["kept_at"], one["matter"]) for one in promises] == [("ben", None, contact["matter"])]
    assert promises[0]["due_at"] == datetime(2026, 11, 3, 18, 0, tzinfo=UTC)
    ben.got_text("Clara Whitfield", within=world.allows(30)).got_text("(403) 555-0120").got_text("voicemail")
    ana.got_no_text()


@pytest.mark.settled(because="a lost sound is another story (test_deeds)", **but(status_callback_order="lost"))
def test_the_sound_arrives_later_and_is_kept(quiet_desk: World, line: str) -> None:
    world = quiet_desk
    caller = world.phone("+14035550120", "Clara")
    caller.dials(line).hears("After the tone").speaks(8).hangs_up()
    world.story.clock.passes(seconds=30)
    assert world.desk.contact()["outcome"] == "voicemail"
    sounds = world.desk.query("SELECT contact, seconds, url FROM voicemails")
    assert len(sounds) == 1
    assert sounds[0]["seconds"] >= 8


def test_hanging_up_at_the_tone_still_leaves_a_promise(quiet_desk: World, line: str) -> None:
    world = quiet_desk
    caller, ben = world.phones([("+14035550120", "Clara"), ("+14035550112", "Ben")])
    caller.dials(line).hears("After the tone")
    world.story.clock.passes(seconds=12)
    if not caller.leg.is_over:
        caller.hangs_up()
    world.story.clock.passes(seconds=20)
    contact = world.desk.contact()
    assert contact["outcome"] == "callback"
    assert "voicemail_left" not in world.desk.kinds()
    ben.got_text("no message", within=world.allows(30))


def test_a_withheld_number_without_a_message_leaves_nothing_to_promise(worlds: Any, line: str) -> None:
    world: World = worlds(directory=NOBODY)
    caller = world.phone(None, "withheld")
    caller.dials(line).hears("do not know this number", within=90)
    caller.hangs_up()
    world.story.clock.passes(seconds=20)
    assert world.desk.contact()["outcome"] == "abandoned"
    assert world.desk.query("SELECT * FROM promises") == []


def test_a_withheld_number_with_a_message_is_owed_an_answer(worlds: Any, line: str) -> None:
    world: World = worlds(directory=NOBODY)
    caller = world.phone(None, "withheld")
    caller.dials(line).hears("After the tone", within=90).speaks(9).hears("call you back").has_ended()
    contact = world.desk.contact()
    assert (contact["outcome"], contact["owner"], contact["client"]) == ("voicemail", "ben", None)


def test_a_second_voicemail_adds_to_the_same_matter(quiet_desk: World, line: str) -> None:
    world = quiet_desk
    caller = world.phone("+14035550120", "Clara")
    for _ in range(2):
        caller.dials(line).hears("After the tone").speaks(8).hears("Thank you").has_ended()
    matters = {one["matter"] for one in world.desk.contacts()}
    assert len(matters) == 1
    assert len(world.desk.query("SELECT * FROM promises WHERE kept_at IS null")) == 2


def test_talking_with_the_client_keeps_the_promise(quiet_desk: World, line: str) -> None:
    world = quiet_desk
    clock: StoryClock = world.story.clock
    caller, ben = world.phones([("+14035550120", "Clara"), ("+14035550112", "Ben")])
    caller.dials(line).hears("After the tone").speaks(8).hears("Thank you").has_ended()
    clock.passes(hours=4)
    caller.dials(line)
    ben.rings().answers().hears("Matter").hears("Promised by").presses("1")
    caller.is_connected_to(ben)
    clock.passes(minutes=2)
    caller.hangs_up()
    clock.passes(seconds=10)
    world.catches_up()
    assert world.desk.query("SELECT * FROM promises WHERE kept_at IS null") == []
    assert "promise_kept" in world.desk.kinds()


def test_a_french_client_is_answered_in_french(worlds: Any, line: str) -> None:
    clients = DIRECTORY["clients.csv"].replace(",en,voice", ",fr,voice")
    world: World = worlds(directory={**NOBODY, "clients.csv": clients})
    caller = world.phone("+14035550120", "Clara")
    caller.dials(line).hears("Après le signal").hears("mardi à 11 h.").speaks(5).hears("Merci").has_ended()
    assert world.desk.contact()["language"] == "fr"


def test_wrong_language_is_a_reason(worlds: Any, line: str) -> None:
    clients = DIRECTORY["clients.csv"].replace(",en,voice", ",fr,voice")
    world: World = worlds(directory={**DIRECTORY, "clients.csv": clients})
    world.phone("+14035550120", "Clara").dials(line).hears("Après le signal")
    desk: Reader = world.desk
    assert {reason for _, reason in desk.skipped()} == {"wrong_language"}
