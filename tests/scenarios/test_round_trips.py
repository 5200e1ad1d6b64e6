"""What the first webhooks of a known caller and of a known client's text cost in round trips (DESIGN 6)."""

import pytest

from tests.counting import counted
from tests.world import BASE, LINE, World, Worlds


@pytest.mark.settled(because="a request that comes twice is read twice", webhook_duplicate="none")
def test_the_first_webhook_of_a_known_caller(worlds: Worlds, line: str) -> None:
    """At most six, and no job."""
    world = worlds()
    caller, first = world.phones([("+14035550120", "Clara"), ("+14035550111", "Ana")])
    caller.dials(line)
    first.rings().accepts()
    caller.hangs_up()
    jobs = world.desk.query("SELECT count(*) FROM jobs.pgqueuer")
    with counted(world.house.desk) as statements:
        caller.dials(line)
    first.rings()
    assert len(statements) <= 6, statements
    assert len(statements) >= 2  # it did count
    assert world.desk.query("SELECT count(*) FROM jobs.pgqueuer") == jobs


CLARA, STRANGER = "+14035550120", "+14035550177"


def arrives(world: World, count: int, sender: str = CLARA) -> None:
    """A text, while nobody sends any."""
    form = {
        "MessageSid": f"SM{count:032}",
        "From": sender,
        "To": LINE,
        "Body": "Our tax roll is broken",
        "NumMedia": "0",
    }
    assert world.post(f"{BASE}/messages/incoming", form).status_code == 200


def test_the_webhook_of_a_known_clients_text(world: World) -> None:
    """At most ten: the first keeps a contact, a matter, a promise, two messages, a deed, and five timers."""
    world.run(world.rehearsal.ends_work())
    arrives(world, 1, STRANGER)  # what a connection asks only once
    for count in (2, 3):
        with counted(world.house.desk) as statements:
            arrives(world, count)
        assert 2 < len(statements) <= 10, statements
    (contact,) = world.desk.query("SELECT contact FROM contacts WHERE from_number = $1", CLARA)
    timers = "SELECT count(*) AS kept FROM timers WHERE subject = $1"
    assert world.desk.query(timers, "contact:" + contact["contact"])[0]["kept"] == 5


def test_a_report_of_what_became_of_a_text(world: World) -> None:
    """At most seven, and two if there is nothing to tell."""
    world.run(world.rehearsal.ends_work())
    arrives(world, 1)
    (sent,) = world.desk.query("SELECT deed FROM deeds")
    for status, most in (("queued", 7), ("sending", 2), ("delivered", 7), ("delivered", 7)):
        told = {"MessageSid": "SM" + "3" * 32, "MessageStatus": status}
        with counted(world.house.desk) as statements:
            assert world.post(f"{BASE}/messages/status?d={sent['deed']}", told).status_code == 204
        assert 1 < len(statements) <= most, statements
