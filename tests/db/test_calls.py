"""Which calls a technician who texts may mean."""

from dataclasses import replace
from typing import Any

import pytest

from callflows.contact import Contact
from callflows.texting.desk import about_calls
from db.calls import list_live_calls, live_call
from routing.floor import LiveCall
from routing.hunt import Hunt, Ring
from routing.swarm import Helper, Swarm
from tests.db.correspondents import Correspondents
from tests.world import LINE

ROW: dict[str, Any] = {"contact": "one", "matter": 12, "client": "clara", "municipality": "4802022"}
RING = Ring(1, "ana", 1, "taken", key="1")
TALKING = Contact("one", stage="hunting", hunt=Hunt(1, 1, RING, ("ana",)))
INSIDE = Swarm(1, 1, (Helper(1, "ana", 1, "taken", pressed=1), Helper(2, "ben", 1, "taken", pressed=2)), arrived=1)


def meant(contact: Contact, technician: str = "ana") -> tuple[tuple[str, ...], bool] | None:
    found = live_call(contact, technician, ROW)
    return (found.talking, found.by_us) if found else None


@pytest.mark.parametrize(
    ("contact", "found"),
    [
        (TALKING, (("ana",), False)),
        (replace(TALKING, hunt=Hunt(1, 1, replace(RING, state="screening"), ("ana",))), None),
        (replace(TALKING, hunt=Hunt(1, 1, replace(RING, freed=True), ("ana",))), None),
        (replace(TALKING, hunt=Hunt(1, 1)), None),
        (Contact("one", stage="conferring", swarm=INSIDE), (("ana", "ben"), False)),
        (Contact("one", stage="waiting", swarm=Swarm(1, 1)), ((), False)),
        (Contact("one", stage="recording"), None),
        (replace(TALKING, stage="errand", errand="another"), (("ana",), True)),
        (Contact("one", stage="menu", technician="ana"), (("ana",), True)),
        (Contact("one", stage="menu", technician="ben"), None),
    ],
    ids=[
        *("they talk", "a technician listens", "the technician has hung up", "nobody is rung"),
        *("in a room", "the client waits", "a message is left", "we called back", "from the menu", "another's menu"),
    ],
)
def test_who_is_with_the_client(contact: Contact, found: tuple[tuple[str, ...], bool] | None) -> None:
    assert meant(contact) == found


async def test_by_the_matters_number_or_because_the_technician_is_on_it(people: Correspondents) -> None:
    pool = people.desk.pool
    await pool.execute(
        """
        INSERT INTO contacts (contact, provider_sid, channel, direction, from_number, to_number, line, flow,
            flow_version, language, state, started_at, turn, memory, touched_at, client)
        VALUES ('one', 'CA1', 'voice', 'inbound', '+14035550120', $1, $1, 'main', 1, 'en', 'open', $2, 1, $3, $2, null)
        """,
        LINE,
        people.now,
        '{"contact": "one", "stage": "waiting", "swarm": {"number": 1, "began": 1}}',
    )
    async with pool.acquire() as connection:
        assert await list_live_calls(connection, "ana", []) == ()
        await connection.execute(
            """
            INSERT INTO reservations (technician, contact, kind, since, expires_at)
            VALUES ('ana', 'one', 'on_call', $1, 'infinity')
            """,
            people.now,
        )
        assert await list_live_calls(connection, "ana", []) == (LiveCall("one", 0),)
        assert await list_live_calls(connection, "ben", []) == ()
        await connection.execute("UPDATE contacts SET state = 'closed', outcome = 'abandoned', ended_at = started_at")
        assert await list_live_calls(connection, "ana", []) == ()


def test_only_two_commands_ask_for_them() -> None:
    assert [text for text in ("swarm", "swarm #1 gis", "rejoindre #1", "who", "#1 hello") if about_calls(text)] == [
        "swarm",
        "swarm #1 gis",
        "rejoindre #1",
    ]
