"""Clara of Taber writes e-mails: a mail server of the story's own, what it brings to us, and what it takes from us."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from podline.rehearsal import BASE, MAIL_KEY
from simulator.people.story import Run, StoryHandset
from tests.mail.letters import letter
from tests.mail.smtp import Server, mail_server
from tests.world import DIRECTORY, LINE, World, Worlds

CLARA = "clara@example.org"
SOON = 150  # seconds
NIGHT = datetime(2026, 11, 4, 5, 0, tzinfo=UTC)  # ten at night in Alberta, a Tuesday
BY_DAY = {**DIRECTORY, "technicians.csv": DIRECTORY["technicians.csv"].replace("24/7", "Mon-Fri 08:00-16:30")}


@pytest.fixture
def server(run: Run) -> Iterator[Server]:
    """The mail server that takes our letters."""
    opened = mail_server()
    yield run(opened.__aenter__())
    run(opened.__aexit__(None, None, None))


@pytest.fixture
def mailing(worlds: Worlds, server: Server) -> World:
    return worlds(smtp_url=f"smtp://127.0.0.1:{server.port}")


@pytest.fixture
def ana(mailing: World) -> StoryHandset:
    return mailing.phone("+14035550111", "Ana")


def brings(world: World, message: bytes, key: str = MAIL_KEY) -> int:
    """The mail server of the desk brings a message; its answer."""
    status: int = world.run(posts(world, message, key))
    return status


async def posts(world: World, message: bytes, key: str = MAIL_KEY) -> int:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "message/rfc822"}
    async with httpx.AsyncClient(transport=world.transport, base_url=BASE) as client:
        answer = await client.post("/mail/incoming", content=message, headers=headers)
    return answer.status_code


def written(
    *fields: str, sender: str = CLARA, body: str = "The pump is dead.", named: str = "a1", subject: str = "Pump"
) -> bytes:
    made = letter(*fields, body=body, sender=sender)
    return made.replace(b"<a1@", f"<{named}@".encode()).replace(b"Subject: Pump", f"Subject: {subject}".encode())


def sent(server: Server) -> list[EmailMessage]:
    """What went out, as Clara's mail program reads it."""
    return [message_from_bytes(one.removesuffix(b".\r\n"), policy=policy.default) for one in server.letters]


def words(one: EmailMessage) -> str:
    return str(one.get_content()).strip()


def emails(world: World) -> list[dict[str, Any]]:
    return world.desk.contacts("email")


def clara_writes(world: World, technician: StoryHandset) -> None:
    """Her letter is given to that technician."""
    brings(world, written())
    technician.got_text("The pump is dead.", within=SOON)


def clara_is_answered(world: World, technician: StoryHandset, server: Server) -> str:
    """By that technician; the Message-ID of the answer to her letter."""
    clara_writes(world, technician)
    technician.sends_text(LINE, "I am on it")
    world.story.clock.passes(seconds=SOON)
    return str(sent(server)[0]["message-id"])
