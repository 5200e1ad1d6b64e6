"""Every turn keeps its inputs: replayed through `advance` they give the same actions and reasons."""

import json
from typing import Any

from callflows.actions import to_json as action_json
from callflows.advance import advance
from callflows.contact import Contact, from_json, to_json
from callflows.events import from_json as event_from
from callflows.version import Version
from db.inputs import floor_from
from db.turns import dumped
from tests.world import World


def replay(world: World, channel: str = "voice") -> int:
    """Play all kept turns of all contacts again; how many there were."""
    versions = {
        (row["flow"], row["version"]): Version(
            row["flow"],
            row["version"],
            json.loads(row["written"] or row["document"]),
            {pod: tuple(keys) for pod, keys in json.loads(row["ring_orders"]).items()},
            json.loads(row["hours"]),
        )
        for row in world.desk.query("SELECT * FROM flow_versions")
    }
    count = 0
    for kept in world.desk.contacts(channel):
        contact = Contact(kept["contact"])
        for row in world.desk.turns(kept["contact"]):
            version = versions[row["flow"], row["flow_version"]]
            turn = advance(version, contact, event_from(row["event"]), floor_from(row["body"], row["live"]))
            actions = [action_json(one) for one in (*turn.replies, *turn.changes)]
            reasons = [{"code": one.code, "technician": one.technician, "detail": one.detail} for one in turn.reasons]
            assert json.loads(dumped(actions)) == row["actions"], row["event"]
            assert reasons == row["reasons"], row["event"]
            contact = with_matter(turn.contact, world, kept)
            count += 1
        final = world.desk.query("SELECT memory FROM contacts WHERE contact = $1", kept["contact"])
        assert from_json(json.loads(final[0]["memory"])) == contact
    return count


def with_matter(contact: Contact, world: World, kept: dict[str, Any]) -> Contact:
    """A new matter's number is the database's to give; from the turn that opened it on it is the contact's."""
    opened = contact.owner and kept["matter"] and not contact.matter and not contact.technician
    return from_json({**to_json(contact), "matter": kept["matter"]}) if opened else contact


def test_a_day_of_calls_replays_to_the_letter(world: World, line: str) -> None:
    caller, first, second, third, other = world.phones(
        [
            ("+14035550120", "Clara"),
            ("+14035550111", "Ana"),
            ("+14035550112", "Ben"),
            ("+14035550113", "Cho"),
            ("+14035550127", "Unknown"),
        ]
    )
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    world.story.clock.passes(minutes=1)
    second.hangs_up()
    caller.hears("cut off").presses("1")
    second.rings().accepts()
    caller.hangs_up()
    other.dials(line).hears("Which municipality").says("Tabor").hears("Is it Taber").says("yes")
    first.rings().declines()
    other.hangs_up()
    other.dials(line).hears("After the tone", within=world.allows(120)).speaks(6).hears("call you back").has_ended()
    for phone in (first, second, third):
        phone.phone.is_busy()
    caller.dials(line).hears("After the tone", within=60).hangs_up()
    world.story.clock.passes(minutes=10)
    assert replay(world) > 20


def test_a_call_back_and_the_technicians_menu_replay_to_the_letter(world: World, line: str) -> None:
    """Promised, reminded of, tried in vain, kept by a second call; then the owner looks, notes and closes."""
    caller, first, second, third = world.phones(
        [("+14035550120", "Clara"), ("+14035550111", "Ana"), ("+14035550112", "Ben"), ("+14035550113", "Cho")]
    )
    for phone in (first, second, third):
        phone.phone.is_busy()
    caller.dials(line).hears("To be called back", within=60).presses("1").presses("2").presses("4035550177#")
    caller.presses("1").has_ended()
    world.story.clock.passes(hours=2, minutes=4)
    first.phone.is_well()
    cell = world.phone("+14035550177", "Clara's cell")
    first.rings(within=1200).answers().presses("1")
    cell.rings().answers()
    world.story.clock.passes(minutes=2)
    cell.hangs_up()
    first.hears("If you talked").presses("1").has_ended()
    first.dials(line).presses("1").presses("1").speaks(8).hears("note is kept").presses("2").has_ended()
    world.story.clock.passes(minutes=30)
    assert world.desk.query("SELECT * FROM promises WHERE kept_at IS null") == []
    assert len(world.desk.query("SELECT DISTINCT subject FROM turns WHERE subject LIKE 'contact:%'")) >= 4
    assert replay(world) > 30
