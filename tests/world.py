"""The whole service in the test's own loop: real PostgreSQL, the real application, a local Twilio, virtual time.

A story asks for `caller`, `first`, `second` … and tells what they do; `desk` reads what the service kept.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from callflows.contact import contact_id
from db.deeds import add_sweep
from db.stories import Wanted, list_contacts, list_events, list_turns
from ivr.deeds import SWEEP_EVERY
from podline.logging import configure_logging
from podline.rehearsal import API_TOKEN, BASE, SID, TOKEN, Rehearsal, imports
from simulator.people.story import Run, Story, StoryHandset
from simulator.switches import Switches
from simulator.webhooks.signing import signature
from tests.dealing import told_switches
from tests.ground import StoryGround

LINE = "+15875550100"
LATE, UNKNOWN = 6, 90  # seconds: that Twilio's reports may take, and after which an unknown fate is known
ASKED_WITHIN = 9  # minutes until Twilio is asked about a call of which nothing is told
CALLS_OPEN = "SELECT FROM contacts WHERE state = 'open' AND channel = 'voice'"
# A Tuesday morning in Alberta.
START = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)

DIRECTORY: dict[str, str] = {
    "pods.csv": "pod,name,strategy,timezone,wrap_up\ntaber,Taber,linear,America/Edmonton,0\n",
    "lines.csv": f"line,name,voice_flow,text_flow,languages,fallback\n{LINE},Support,,,en;fr,\n",
    "technicians.csv": """technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,+1 403 555 0111,taber,1,en,tax,24/7,ana@example.org,yes
ben,Ben Oduya,+1 403 555 0112,taber,2,en,water,24/7,ben@example.org,yes
cho,Cho Min-seo,+1 403 555 0113,taber,3,en,payroll,24/7,cho@example.org,no
""",
    "municipalities.csv": """municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases
4802022,Taber,Taber,T,AB,America/Edmonton,en,taber,,
""",
    "clients.csv": """client,name,phones,municipality,language,channel,email,notes
clara,Clara Whitfield,+1 403 555 0120,4802022,en,voice,clara@example.org,
""",
}


# Nobody opted in to help other pods, so whoever isn't known, or whose pod is exhausted, leaves a message.
NOBODY_HELPS = {**DIRECTORY, "technicians.csv": DIRECTORY["technicians.csv"].replace(",yes", ",no")}


def write_directory(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@dataclass
class Reader:
    """What the service kept, for assertions: whom we rang, never what we said."""

    world: "World"

    def contact(self, caller: StoryHandset | None = None) -> dict[str, Any]:
        """The contact of a caller's last call, or the newest one; with its `events`."""
        found = self.contacts()
        if caller is not None:
            sid = caller.phone.legs[-1].sid
            found = [one for one in found if one["provider_sid"] == sid]
        assert found, "no contact was kept"
        return found[0]

    def contacts(self, channel: str = "voice") -> list[dict[str, Any]]:
        """The newest first."""
        self.world.catches_up()
        return [one for one in self.world.run(self._contacts()) if one["channel"] == channel]

    def thread(self, number: str) -> dict[str, Any]:
        """The newest conversation in writing with that number."""
        threads = self.contacts("text")
        return next(one for one in threads if number in (one["from_number"], one["to_number"]))

    async def _contacts(self) -> list[dict[str, Any]]:
        async with self.world.house.pool.acquire() as connection:
            rows = await list_contacts(connection, Wanted(limit=500))
            stories = await list_events(connection, [row["contact"] for row in rows])
        return [{**row, "events": stories[row["contact"]]} for row in rows]

    def rung(self, caller: StoryHandset | None = None) -> list[tuple[str, str]]:
        """(technician, result) of every ring that has ended, in order."""
        ended = [one for one in self.contact(caller)["events"] if one["kind"] == "ring_ended"]
        return [(one["technician"], one["detail"]["result"]) for one in ended]

    def skipped(self, caller: StoryHandset | None = None) -> list[tuple[str, str]]:
        found = [one for one in self.contact(caller)["events"] if one["kind"] == "skipped"]
        return [(one["technician"], one["detail"]["reason"]) for one in found]

    def kinds(self, caller: StoryHandset | None = None) -> list[str]:
        return [one["kind"] for one in self.contact(caller)["events"]]

    def turns(self, contact: str) -> list[Mapping[str, Any]]:
        return list(self.world.run(self._turns(contact)))

    async def _turns(self, contact: str) -> list[Mapping[str, Any]]:
        async with self.world.house.pool.acquire() as connection:
            return await list_turns(connection, contact)

    def query(self, sql: str, *values: Any) -> list[Any]:
        async def fetch() -> list[Any]:
            return list(await self.world.house.pool.fetch(sql, *values))

        return list(self.world.run(fetch()))


class World:
    """One service, one exchange, one clock. `run` drives the loop; make it with `World.open`."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.desk = Reader(self)

    @classmethod
    def open(
        cls,
        run: Run,
        ground: StoryGround,
        home: Path,
        *,
        directory: Mapping[str, str] | None = None,
        switches: Switches | None = None,
        start: datetime = START,
        smtp_url: str = "",
    ) -> "World":
        world = cls(run)
        run(world._open(ground, home, directory or DIRECTORY, switches, start, smtp_url))
        return world

    async def _open(
        self,
        ground: StoryGround,
        home: Path,
        directory: Mapping[str, str],
        switches: Switches | None,
        start: datetime,
        smtp_url: str,
    ) -> None:
        configure_logging("json")
        told = switches or told_switches(os.environ)
        town = (start, *directory.items())

        async def imported() -> None:
            ground.moves_to(start)
            await ground.sets_clock(ground.connection)
            await imports(ground, write_directory(home / "directory", directory), start)
            await add_sweep(ground.connection, start + SWEEP_EVERY, start)  # as if one had just been done

        await ground.becomes(town, home, imported)
        self.rehearsal = await Rehearsal.open(ground, home, start=start, switches=told, smtp_url=smtp_url)
        ground.remembers_snapshots(town, home)
        self.clock = self.rehearsal.clock
        self.house = self.rehearsal.house
        self.exchange = self.rehearsal.exchange
        self.worker = self.rehearsal.worker
        self.transport = self.rehearsal.transport
        self.rehearsal.add_line(LINE)
        self.story = Story(self.exchange, self.run)

    def add_line(self, line: str) -> None:
        self.rehearsal.add_line(line)

    def phone(self, number: str | None, name: str = "") -> StoryHandset:
        return self.story.phone(number, name)

    def catches_up(self) -> None:
        """What Twilio tells arrives; and what it never tells is asked for, once nobody is on the telephone."""
        order = self.exchange.switches.status_callback_order
        if order in ("shuffled", "delayed"):
            self.story.clock.passes(seconds=LATE)
        elif order == "lost" and self.is_quiet() and self.desk.query(CALLS_OPEN):
            self.story.clock.passes(minutes=ASKED_WITHIN)

    def is_quiet(self) -> bool:
        return all(leg.is_over for leg in self.exchange.legs.values())

    def allows(self, seconds: float) -> float:
        """That time, and more if Twilio does not tell: a ring of which nothing is heard is given up after a minute,
        and what may have been done is looked up after a minute."""
        switches = self.exchange.switches
        silent = switches.status_callback_order == "lost" or switches.rest_error in ("500", "timeout after the effect")
        return seconds + UNKNOWN if silent else seconds

    def phones(self, people: Sequence[tuple[str, str]]) -> list[StoryHandset]:
        return [self.phone(number, name) for number, name in people]

    def post(
        self, url: str, form: Mapping[str, str], *, token: str = TOKEN, signed_url: str = "", **headers: str
    ) -> httpx.Response:
        """A request as Twilio would sign it; `signed_url` and `token` for signatures that must not hold."""
        sent = {"X-Twilio-Signature": signature(token, signed_url or url, form.items()), **headers}
        answer: httpx.Response = self.run(self._post(url, urlencode(form).encode(), sent))
        return answer

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        named = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8", **headers}
        parts = httpx.URL(url)
        target = url.removeprefix(f"{parts.scheme}://{parts.netloc.decode()}").encode()
        async with httpx.AsyncClient(transport=self.transport) as client:
            return await client.post(url, content=body, headers=named, extensions={"target": target})

    def api(self, method: str, path: str, body: Any = None, *, token: str = API_TOKEN) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.transport) as client:
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                return await client.request(method, BASE + path, json=body, headers=headers)

        answer: httpx.Response = self.run(ask())
        return answer

    def publishes(self, flow: str) -> int:
        """A supervisor publishes a document, as YAML, for the lines that run `main`; its version."""
        made = self.api("POST", "/api/v1/flows/main/versions", {"yaml": flow})
        assert made.status_code == 201, made.text
        version = int(made.json()["version"])
        answer = self.api("POST", f"/api/v1/flows/main/versions/{version}/publish", {})
        assert answer.status_code == 200, answer.text
        return version

    def imports(self, files: Mapping[str, str]) -> None:
        """A supervisor imports changed files while the service runs."""
        folder = write_directory(self.rehearsal.settings.home / f"import-{len(files)}", files)
        self.run(self.rehearsal.imports(folder))

    def close(self) -> None:
        self.run(self.rehearsal.close())


Worlds = Callable[..., World]
__all__ = ["BASE", "DIRECTORY", "LINE", "NOBODY_HELPS", "SID", "START", "TOKEN", "World", "Worlds", "contact_id"]
