"""What the softphone is given of ours: the people of a directory, and where a call's story is."""

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from podline.import_command import run_import
from podline.softphone import people_in, story_page
from podline.world import write_world
from simulator.softphone.people import Person
from web.story_links import scope_of

NOW = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)


def test_everybody_of_the_directory(database_url: str, tmp_path: Path) -> None:
    async def read() -> tuple[Person, ...]:
        await run_import(database_url, tmp_path / "world", False, True, NOW, Console(file=io.StringIO()))
        return await people_in(database_url, tmp_path)

    write_world(tmp_path / "world")
    people = asyncio.run(read())
    technicians = [one for one in people if one.kind == "technician"]
    callers = [one for one in people if one.kind == "caller"]
    assert len(technicians) == 8
    pods = [one.note for one in technicians]
    assert pods == sorted(pods), "pod by pod"
    assert [one.name for one in callers] == sorted(one.name for one in callers)
    assert {one.language for one in callers} == {"en", "fr"}
    assert all(one.note for one in callers), "with the municipality"
    numbers = [one.number for one in people]
    assert len(set(numbers)) == len(numbers), "who shares a number is there once"


def test_the_story_of_a_call_has_a_fresh_key() -> None:
    address = story_page("https://desk.example", "secret", lambda: NOW)()
    assert address.startswith("https://desk.example/stories/call/{call_sid}?key=")
    assert scope_of(address.partition("key=")[2], "secret", NOW) == "stories"
    assert story_page("https://desk.example", "", lambda: NOW)() == "", "without a secret key there is no such page"
