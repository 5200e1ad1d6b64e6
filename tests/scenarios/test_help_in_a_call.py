"""A technician who talks with a client wants help: two in a call become a conference, and nobody is dropped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from twilio.http.response import Response

from podline.cli import run as podline
from podline.ground import Ground
from simulator.faults import Upset
from tests.scenarios.crews import ANA, CLARA, CREW, DAN
from tests.scenarios.talks import SOON, Talk, talk_of
from tests.scenarios.test_replay import replay
from tests.world import LINE, Worlds


@pytest.fixture
def call(worlds: Worlds) -> Talk:
    return talk_of(worlds)


Move = Callable[[Any], Any]  # what Twilio's API does when it is to move Ana's leg: from doing it to its answer


def when_moved(call: Talk, monkeypatch: pytest.MonkeyPatch, move: Move) -> None:
    rest, leg = call.world.rehearsal.rest, call.ana.leg.sid
    usual = rest.request

    async def request(method: str, url: str, *args: Any, **options: Any) -> Any:
        def does() -> Any:
            return usual(method, url, *args, **options)

        return await (move(does) if method == "POST" and leg in url else does())

    monkeypatch.setattr(rest, "request", request)


async def refused(does: Any) -> Response:
    return Response(400, '{"code": 21220, "message": "Call is not in-progress. Cannot redirect.", "status": 400}')


async def unheard(does: Any) -> Response:
    raise TimeoutError


async def done_unheard(does: Any) -> Response:
    await does()
    raise TimeoutError


# Help comes.


def test_help_comes_and_three_talk(call: Talk) -> None:
    call.ana.sends_text(LINE, "swarm")
    call.clara.is_in_room_with(call.ana)
    call.ana.got_text("Being rung: 3", within=SOON)
    call.dan.rings(within=call.world.allows(20)).answers().hears("Clara Whitfield").presses("1")
    call.clara.is_in_room_with(call.ana, call.dan)
    call.nobody_was_dropped()
    call.passes(60)
    call.dan.hangs_up()
    call.clara.is_in_room_with(call.ana)
    call.passes(60)
    call.nobody_was_dropped()
    call.clara.hangs_up()
    call.ana.has_ended()
    contact = call.desk.contact()
    assert (contact["outcome"], contact["owner"]) == ("swarmed", "ana")
    assert ("ana", "accepted") in call.desk.rung()
    assert ("dan", "accepted") in call.desk.rung()
    assert call.held() == []
    opened = [one for one in contact["events"] if one["kind"] == "swarm_opened"]
    assert [(one["technician"], one["detail"]) for one in opened] == [("ana", {})]
    assert {"becomes_conference", "text_swarm"} <= call.reasons()


def test_the_concierge_leaves_and_the_helper_owns_the_call(call: Talk) -> None:
    call.ana.sends_text(LINE, "swarm #1")
    call.dan.rings(within=call.world.allows(20)).accepts()
    call.clara.is_in_room_with(call.ana, call.dan)
    call.ana.hangs_up()
    call.clara.is_in_room_with(call.dan)
    call.dan.got_text("Dan Roy owns this call now", within=SOON)
    call.nobody_was_dropped()
    call.clara.hangs_up()
    contact = call.desk.contact()
    assert (contact["outcome"], contact["owner"]) == ("swarmed", "dan")


def test_those_with_the_named_skill_are_rung_before_all_others(call: Talk) -> None:
    call.ana.sends_text(LINE, "swarm #1 Water")
    call.dan.rings(within=call.world.allows(20))
    call.eve.does_not_ring(for_seconds=5)
    call.dan.declines()
    call.eve.rings(within=call.world.allows(60)).accepts()
    call.clara.is_in_room_with(call.ana, call.eve)
    call.nobody_was_dropped()
    call.clara.hangs_up()
    invited = [one["technician"] for one in call.desk.contact()["events"] if one["kind"] == "swarm_invited"]
    assert invited == ["dan", "eve", "fay"]
    assert "others_next" in call.reasons()


def test_nobody_has_the_skill_so_whoever_can_help_is_rung(call: Talk) -> None:
    call.ana.sends_text(LINE, "swarm #1 bees")
    call.eve.rings(within=call.world.allows(20)).accepts()
    call.clara.is_in_room_with(call.ana, call.eve)
    call.talk_and_hang_up()
    assert "nobody_skilled" in call.reasons()


# Nobody comes.


def test_nobody_comes_and_the_two_talk_on(call: Talk) -> None:
    call.ana.sends_text(LINE, "swarm")
    for one in (call.dan, call.eve, call.fay):
        one.rings(within=call.world.allows(20)).declines()
    call.ana.got_text("nobody could come", within=SOON)
    call.passes(30)
    call.clara.is_in_room_with(call.ana)
    call.nobody_was_dropped()
    call.clara.hangs_up()
    call.ana.has_ended()
    contact = call.desk.contact()
    assert (contact["outcome"], contact["owner"]) == ("answered", "ana")
    assert call.held() == []


def test_nobody_is_free_so_nothing_is_begun(call: Talk) -> None:
    for one in ("dan", "eve", "fay"):
        call.world.api("PUT", f"/api/v1/technicians/{one}/presence", {"state": "away"})
    call.ana.sends_text(LINE, "swarm #1 water").got_text("nobody who could help is free now", within=SOON)
    call.clara.is_connected_to(call.ana)
    call.clara.hangs_up()
    assert call.outcome == "answered"
    assert "becomes_conference" not in call.reasons()


# Twilio's API.


def test_twilio_refuses_and_the_call_goes_on_as_it_was(call: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    when_moved(call, monkeypatch, refused)
    call.ana.sends_text(LINE, "swarm").got_text("nobody could be brought into that call", within=SOON)
    call.clara.is_connected_to(call.ana)
    call.dan.does_not_ring()
    call.nobody_was_dropped()
    call.passes(60)
    call.ana.hangs_up()
    call.clara.hears("cut off", within=15)  # as after any talk
    call.clara.hangs_up()
    assert call.outcome == "answered"
    assert "move_refused" in call.reasons()
    assert call.held() == []


def test_twilio_is_silent_and_has_done_it(call: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    when_moved(call, monkeypatch, done_unheard)
    call.ana.sends_text(LINE, "swarm")
    call.clara.is_in_room_with(call.ana)
    call.dan.rings(within=call.world.allows(20)).accepts()
    call.clara.is_in_room_with(call.ana, call.dan)
    call.talk_and_hang_up()
    assert call.outcome == "swarmed"


def test_twilio_is_silent_and_has_not_done_it(call: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    when_moved(call, monkeypatch, unheard)
    call.ana.sends_text(LINE, "swarm")
    call.passes(9)
    call.ana.got_no_text("nobody could be brought")
    call.ana.got_text("nobody could be brought into that call", within=SOON)
    call.clara.is_connected_to(call.ana)
    call.dan.does_not_ring()
    call.ana.hangs_up()
    call.clara.hears("cut off", within=15).presses("1")
    call.ana.rings().accepts()
    call.clara.is_connected_to(call.ana).hangs_up()
    assert call.outcome == "answered"
    assert "becoming_expired" in call.reasons()


# Somebody leaves while it is becoming one.


def test_the_technician_drops_while_it_is_becoming_one(call: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    when_moved(call, monkeypatch, unheard)
    call.ana.sends_text(LINE, "swarm")
    call.passes(3)
    call.ana.hangs_up()
    call.clara.hears("cut off", within=call.world.allows(30)).presses("1")
    call.ana.rings(within=60).accepts()
    call.clara.is_connected_to(call.ana).hangs_up()
    contact = call.desk.contact()
    assert (contact["outcome"], contact["owner"]) == ("answered", "ana")
    assert call.held() == []


def test_the_technicians_leg_never_comes_into_the_room(call: Talk) -> None:
    """Twilio gets no answer of ours for it: the client is not left with the music."""
    call.world.exchange.upsets.waiting.append(Upset(lambda one: "/voice/joining" in one.url, "status", tries=0))
    call.ana.sends_text(LINE, "swarm")
    call.clara.hears("cut off", within=call.world.allows(40)).presses("1")
    call.ana.rings(within=60).accepts()
    call.clara.is_connected_to(call.ana).hangs_up()
    assert call.outcome == "answered"
    assert call.held() == []


def test_the_caller_hangs_up_while_it_is_becoming_one(call: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    when_moved(call, monkeypatch, unheard)
    call.ana.sends_text(LINE, "swarm")
    call.passes(3)
    call.clara.hangs_up()
    call.ana.has_ended()
    call.dan.does_not_ring(for_seconds=20)
    assert call.outcome == "answered"
    assert call.held() == []


def test_the_caller_hangs_up_as_soon_as_it_is_one(call: Talk) -> None:
    call.ana.sends_text(LINE, "swarm")
    call.clara.is_in_room_with(call.ana)
    call.dan.rings(within=call.world.allows(20)).answers()
    call.clara.hangs_up()
    call.ana.has_ended()
    call.world.catches_up()
    call.dan.presses("1").has_ended(within=call.world.allows(30))
    assert call.outcome == "answered"
    assert call.held() == []


# What is not plain.


def test_swarm_alone_without_a_call_is_asked_about(call: Talk) -> None:
    call.clara.hangs_up()
    call.world.catches_up()
    call.ana.sends_text(LINE, "swarm").got_text("Nobody wrote to you today", within=SOON)
    call.dan.does_not_ring()


def test_without_a_call_it_means_the_conversation_in_writing(call: Talk) -> None:
    call.clara.hangs_up()
    call.world.catches_up()
    call.clara.sends_text(LINE, "One more thing")
    call.ana.got_text("One more thing", within=SOON)
    call.ana.sends_text(LINE, "swarm").got_text("asked to help: 3", within=SOON)
    call.dan.got_text("To help: join #1", within=SOON)
    call.dan.does_not_ring()


# French.


def test_in_french(worlds: Worlds) -> None:
    french = CREW["technicians.csv"].replace("1,en,tax,24/7,,yes\ndan", "1,fr;en,tax,24/7,,yes\ndan")
    people = {**CREW, "technicians.csv": french.replace("1,en;fr,water", "1,fr;en,eau")}
    clients = CREW["clients.csv"].replace(",en,voice", ",fr,voice")
    world = worlds(directory={**people, "clients.csv": clients})
    clara, ana, dan = world.phones([(CLARA, "Clara"), (ANA, "Ana"), (DAN, "Dan")])
    clara.dials(LINE)
    ana.rings().accepts()
    clara.is_connected_to(ana)
    ana.sends_text(LINE, "renfort #1 eau").got_text("votre appel est ouvert au renfort", within=SOON)
    dan.rings(within=world.allows(20)).answers().hears("Le 1 pour vous joindre").presses("1")
    dan.got_text("besoin d'aide maintenant", within=SOON)
    clara.is_in_room_with(ana, dan)
    world.story.clock.passes(seconds=5)
    clara.hangs_up()
    assert world.desk.contact()["outcome"] == "swarmed"


# Afterwards.


def test_the_story_says_what_happened_and_why(
    call: Talk, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call.ana.sends_text(LINE, "swarm #1 water")
    call.dan.rings(within=call.world.allows(20)).accepts()
    call.clara.is_in_room_with(call.ana, call.dan)
    call.passes(30)
    call.clara.hangs_up()
    contact = call.desk.contact()["contact"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PODLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PODLINE_DATABASE_URL", ground.url)
    for words in (["story", contact, "--why"], ["story", contact, "--why", "--language", "fr"], ["why", contact]):
        capsys.readouterr()
        assert podline(words) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Dan Roy" in told
    assert podline(["story", contact, "--why"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Ana Ferreira called others into the call (water): it became a conference." in told
    assert "Ana Ferreira and the client can hear each other." in told
    assert "Dan Roy and the client can hear each other." in told
    assert "Ana Ferreira asked for help with “water”" in told


def test_every_turn_replays_to_the_letter(call: Talk) -> None:
    call.ana.sends_text(LINE, "swarm #1 water")
    call.dan.rings(within=call.world.allows(20)).declines()
    call.eve.rings(within=call.world.allows(60)).accepts()
    call.clara.is_in_room_with(call.ana, call.eve)
    call.gus.sends_text(LINE, "join #1").rings(within=call.world.allows(90)).accepts()
    call.clara.is_in_room_with(call.ana, call.eve, call.gus)
    call.ana.hangs_up()
    call.passes(20)
    call.clara.hangs_up()
    assert replay(call.world) > 15
    assert replay(call.world, "text") > 1
