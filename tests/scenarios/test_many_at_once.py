"""Several calls at once: no technician is ever offered two."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from simulator.people.story import StoryHandset
from simulator.switches import Switches
from tests.scenarios.test_replay import replay
from tests.world import DIRECTORY, World

FOUR = {
    **DIRECTORY,
    "technicians.csv": """technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,+1 403 555 0111,taber,1,en,tax,24/7,ana@example.org,yes
ben,Ben Oduya,+1 403 555 0112,taber,2,en,water,24/7,ben@example.org,yes
cho,Cho Min-seo,+1 403 555 0113,taber,3,en,payroll,24/7,cho@example.org,no
dov,Dov Adler,+1 403 555 0114,taber,4,en,payroll,24/7,dov@example.org,no
""",
    "clients.csv": "client,name,phones,municipality,language,channel,email,notes\n"
    + "".join(f"c{one},Client {one},+1 403 555 012{one},4802022,en,voice,,\n" for one in range(6)),
}
PHONES = [f"+1403555011{one}" for one in range(1, 5)]


def people(world: World) -> tuple[list[StoryHandset], list[StoryHandset]]:
    callers = [world.phone(f"+1403555012{one}", f"Client {one}") for one in range(6)]
    technicians = [world.phone(phone, f"Technician {place}") for place, phone in enumerate(PHONES, 1)]
    return callers, technicians


def nobody_was_offered_two(world: World) -> None:
    """No telephone of a technician ever had two calls of ours at the same time."""
    for phone in PHONES:
        legs = sorted(world.exchange.phone(phone).legs, key=lambda leg: leg.created_at)
        for one, following in pairwise(legs):
            assert one.ended_at is not None, f"{phone} was rung again while it had a call"
            assert one.ended_at <= following.created_at, f"{phone} was offered two calls"


def test_six_calls_over_four_technicians(worlds: Any, line: str) -> None:
    world: World = worlds(directory=FOUR)
    callers, technicians = people(world)
    for caller in callers:
        caller.dials(line)
    for technician in technicians:
        technician.rings().accepts()
    connected = [caller for caller in callers if caller.leg.bridged_with is not None]
    assert len(connected) == 4
    callers[4].hears("After the tone").speaks(5).hears("call you back").has_ended()
    callers[5].has_ended()  # said nothing at the tone: a call back is promised all the same
    for caller in connected:
        caller.hangs_up()
    nobody_was_offered_two(world)
    outcomes = sorted(one["outcome"] for one in world.desk.contacts())
    assert outcomes == ["answered"] * 4 + ["callback", "voicemail"]
    assert len({one["owner"] for one in world.desk.contacts() if one["outcome"] == "answered"}) == 4
    assert replay(world) > 15, "a lost race is kept as it was decided"  # fewer turns if reports are lost


ACTS = ("dials", "accepts", "declines", "rejects", "stays", "caller hangs up", "technician hangs up", "waits")


def play(world: World, seed: int, callers: list[StoryHandset], technicians: list[StoryHandset], line: str) -> None:
    """One random schedule: people do what people do, in any order."""
    chance = Random(seed)
    for _ in range(14):
        act = chance.choice(ACTS)
        caller, technician = chance.choice(callers), chance.choice(technicians)
        busy = caller.phone.leg is not None and not caller.phone.leg.is_over
        ringing = technician.phone.ringing is not None
        if act == "dials" and not busy:
            caller.dials(line)
        elif act in ("accepts", "declines", "rejects", "stays") and ringing:
            if act == "rejects":
                technician.rejects()
            else:
                technician.answers()
                leg = technician.phone.leg
                if act != "stays" and leg is not None and leg.ear is not None:
                    technician.presses("1" if act == "accepts" else "2")
        elif act == "caller hangs up" and busy:
            caller.hangs_up()
        elif act == "technician hangs up" and technician.phone.leg and not technician.phone.leg.is_over:
            if technician.phone.ringing is None:
                technician.hangs_up()
        else:
            world.story.clock.passes(seconds=chance.choice((1, 7, 25)))
    for caller in callers:
        if caller.phone.leg is not None and not caller.phone.leg.is_over:
            caller.hangs_up()
    world.story.clock.passes(seconds=90)


SCHEDULES = 200
BATCH = 20
OTHERWISE = 4  # one schedule in so many meets another Twilio


@pytest.mark.parametrize("batch", range(SCHEDULES // BATCH))
def test_no_double_offer_over_200_random_schedules(worlds: Any, twilio: Switches, line: str, batch: int) -> None:
    world: World = worlds(directory=FOUR)
    callers, technicians = people(world)
    is_usual = twilio == Switches()
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        if is_usual == (seed % OTHERWISE == 0):
            continue
        play(world, seed, callers, technicians, line)
        world.catches_up()
        nobody_was_offered_two(world)
        left = world.desk.query("SELECT contact FROM contacts WHERE state = 'open' AND channel = 'voice'")
        assert left == [], f"schedule {seed} left a contact open"
        held = world.desk.query("SELECT * FROM reservations WHERE expires_at > now()")
        assert held == [], f"schedule {seed} left somebody reserved"
