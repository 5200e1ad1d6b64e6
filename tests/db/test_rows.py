"""What a turn asks for is kept in the order in which it asked, and each deed and timer has its wake-up."""

import json
from datetime import timedelta
from typing import Any

from db.rows import Rows
from tests.db.correspondents import CLARA, NOW, Correspondents
from tests.world import LINE

LATER = NOW + timedelta(minutes=5)
LANE = "write:contact:client"


async def added(people: Correspondents, rows: Rows) -> None:
    async with people.desk.pool.acquire() as connection, connection.transaction():
        await rows.add(connection)


async def listed(people: Correspondents, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await people.desk.pool.fetch(query)]


async def test_each_deed_names_the_message_that_it_sends_and_keeps_its_place(
    people: Correspondents,
) -> None:
    turn = await people.writes("Our tax roll is broken")
    assert turn is not None
    contact = turn.contact.contact
    rows = Rows(LATER)
    words = [f"part {count}" for count in range(12)]
    rows.message(contact=contact, direction="in", party="client", line=LINE, peer=CLARA, body="no deed sends this")
    for one in words:
        place = rows.message(contact=contact, direction="out", party="client", line=LINE, peer=CLARA, body=one)
        rows.deed(subject="contact:x", kind="write", body={"last": False}, lane=LANE, sends=place)
    rows.deed(subject="contact:x", kind="tell", body={"contact": "y"}, lane="tell:y")
    await added(people, rows)
    sent = await listed(
        people,
        f"""
        SELECT messages.body, deeds.body - 'message', deeds.made_at, deeds.due_at FROM deeds
        JOIN messages ON messages.message = (deeds.body ->> 'message')::bigint
        WHERE lane = '{LANE}' ORDER BY deed
        """,
    )
    assert sent == [(one, '{"last": false}', LATER, LATER) for one in words]
    bodies = await listed(people, "SELECT body FROM deeds WHERE kind = 'tell'")
    assert [json.loads(body) for (body,) in bodies] == [{"contact": "y"}]


async def test_deeds_and_timers_are_woken_for_when_they_are_due(people: Correspondents) -> None:
    rows = Rows(NOW)
    rows.timer(subject="contact:x", kind="text_quiet", turn=3, due_at=LATER)
    rows.timer(subject="contact:x", kind="reply_due", turn=3, due_at=NOW - timedelta(seconds=1))
    rows.deed(subject="contact:x", kind="cancel", body={"ring": 2}, due_at=LATER)
    await added(people, rows)
    kept = await listed(people, "SELECT timer, subject, kind, turn, due_at FROM timers ORDER BY timer")
    assert [one[1:] for one in kept] == [
        ("contact:x", "text_quiet", 3, LATER),
        ("contact:x", "reply_due", 3, NOW - timedelta(seconds=1)),
    ]
    ((deed,),) = await listed(people, "SELECT deed FROM deeds")
    jobs = await listed(
        people,
        """
        SELECT entrypoint, convert_from(payload, 'utf8')::bigint, execute_after - created FROM jobs.pgqueuer
        ORDER BY id
        """,
    )
    late, at_once = timedelta(minutes=5), timedelta(0)
    assert jobs == [("deed", deed, late), ("timer", kept[0][0], late), ("timer", kept[1][0], at_once)]


async def test_a_matter_in_which_something_happened_is_quiet_no_longer(people: Correspondents) -> None:
    for peer in (CLARA, "+14035550121"):
        await people.writes("Our tax roll is broken", peer)
    rows = Rows(LATER)
    rows.touch(1)
    rows.touch(1)
    await added(people, rows)
    assert await listed(people, "SELECT matter, touched_at FROM matters ORDER BY matter") == [(1, LATER), (2, NOW)]


async def test_of_nothing_nothing_is_kept(people: Correspondents) -> None:
    statements: list[str] = []
    async with people.desk.pool.acquire() as connection:
        with connection.query_logger(lambda record: statements.append(record.query)):
            await Rows(NOW).add(connection)
    assert statements == []
