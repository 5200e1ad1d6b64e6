"""What the documents tell operators to do with old letters does what they say."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from db.letters import File, add_files, add_letter, find_file
from tests.db.correspondents import Correspondents

PAGE = Path(__file__).parents[2] / "docs" / "running.md"
YEAR = timedelta(days=365)


async def keep(people: Correspondents, name: str, at: datetime) -> int:
    """A letter with a file; the file's number."""
    async with people.desk.pool.acquire() as connection:
        await add_letter(
            connection,
            letter=f"<{name}@x>",
            kind="letter",
            sender="clara@example.org",
            sender_name="",
            subject="Pump",
            thread=(),
            body="The pump is dead.",
            unkept=(),
            now=at,
        )
        ((address, _),) = await add_files(connection, f"<{name}@x>", [File("a.pdf", "application/pdf", b"%PDF")])
    return int(address.removeprefix("mail:"))


async def test_the_documented_statements_take_away_what_is_old_and_nothing_else(people: Correspondents) -> None:
    (statements,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    now: datetime = await people.desk.pool.fetchval("SELECT now()")
    old, lately = await keep(people, "old", now - 3 * YEAR), await keep(people, "lately", now - YEAR)
    async with people.desk.pool.acquire() as connection:
        await connection.execute(statements)
        assert await find_file(connection, old) is None
        assert await find_file(connection, lately) == b"%PDF"
        rows = await connection.fetch("SELECT letter, subject, body FROM letters ORDER BY at")
    assert [tuple(row) for row in rows] == [
        ("<old@x>", "Pump", ""),
        ("<lately@x>", "Pump", "The pump is dead."),
    ]
