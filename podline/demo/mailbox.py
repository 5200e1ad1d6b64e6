"""E-mail of the demo's people: the mail server that takes our letters for them, and the letters that they write."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import httpx

from mail.routes import PLACE
from podline.demo.account import CLIENT, WORDS, Account
from podline.demo.desk import Otherwise
from podline.demo.town import Person
from podline.rehearsal import BASE, MAIL_ADDRESS, MAIL_KEY
from simulator.clock import Clock

DOMAIN = "example.org"  # everybody's
ARRIVES_WITHIN = 30  # seconds
MOST_SHOWN = 200  # characters of a letter

Hear = Callable[[EmailMessage], None]


@dataclass
class MailServer:
    """It takes every letter. `hear` is told of each."""

    port: int = 0
    hear: Hear = lambda letter: None
    letters: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(b"220 ready\r\n")
            while command := (await reader.readline()).upper().strip():
                writer.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(command, b"250 ok\r\n"))
                if command == b"DATA":
                    self.take(await reader.readuntil(b"\r\n.\r\n"))
                    writer.write(b"250 taken\r\n")
        writer.close()

    def take(self, octets: bytes) -> None:
        letter = message_from_bytes(octets.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n."), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.hear(letter)


@asynccontextmanager
async def open_mail_server() -> AsyncIterator[MailServer]:
    server = MailServer()
    listening = await asyncio.start_server(server.converse, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


class Mailbox:
    """What people write, brought as the desk's mail server would, and what they get; both go into the account."""

    def __init__(
        self,
        server: MailServer,
        clock: Clock,
        account: Account,
        people: dict[str, Person],
        way: httpx.AsyncBaseTransport,
    ) -> None:
        self._server = server
        self._clock = clock
        self._account = account
        self._by_address = {address_of(one): one for one in people.values()}
        self._client = httpx.AsyncClient(transport=way, base_url=BASE)
        server.hear = self._hear

    async def close(self) -> None:
        await self._client.aclose()

    async def writes(
        self, person: Person, subject: str, words: str, *, answers: EmailMessage | None = None, **files: str
    ) -> str:
        """The Message-ID. `files`: name (with _ for the point) and text of CSV files."""
        letter = self._letter(person, subject, answers, self._clock.now())
        letter.set_content(words)
        for name, text in files.items():
            letter.add_attachment(text.encode(), "text", "csv", filename=name.replace("_", "."))
        with_files = f", with {', '.join(name.replace('_', '.') for name in files)}" if files else ""
        self._account.tell(
            self._clock.now(),
            (str(person), CLIENT),
            f" writes an e-mail, “{subject}”{with_files}: ",
            (f"“{words}”", WORDS),
        )
        await self._bring(letter)
        return str(letter["message-id"])

    async def is_away(self, person: Person, answers: EmailMessage) -> None:
        """Their mail program answers by itself."""
        letter = self._letter(person, "Out of office", answers, self._clock.now())
        letter["Auto-Submitted"] = "auto-replied"
        letter.set_content("I am out of the office until Monday.")
        self._account.tell(self._clock.now(), (str(person), CLIENT), "'s mail program answers that they are away")
        await self._bring(letter)

    async def got(self, person: Person, words: str) -> EmailMessage:
        """The latest letter to them that says so. Raises Otherwise."""
        letters = self._server.letters
        for _ in range(ARRIVES_WITHIN):
            theirs = [one for one in letters if one["to"] == address_of(person) and words in one.get_content()]
            if theirs:
                return theirs[-1]
            await self._clock.passes(1)
        raise Otherwise(f"{person.name} should have got an e-mail with “{words}” within {ARRIVES_WITHIN} s")

    def _letter(self, person: Person, subject: str, answers: EmailMessage | None, at: datetime) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = f"{person.name} <{address_of(person)}>"
        letter["To"] = MAIL_ADDRESS
        letter["Subject"] = subject
        letter["Date"] = format_datetime(at)
        letter["Message-ID"] = make_msgid(domain=DOMAIN)
        if answers is not None:
            letter["In-Reply-To"] = answers["message-id"]
        return letter

    async def _bring(self, letter: EmailMessage) -> None:
        headers = {"Authorization": f"Bearer {MAIL_KEY}", "Content-Type": "message/rfc822"}
        answer = await self._client.post(PLACE, content=letter.as_bytes(), headers=headers)
        if answer.status_code != 202:
            raise Otherwise(f"the service should take the e-mail, but answered {answer.status_code}: {answer.text}")

    def _hear(self, letter: EmailMessage) -> None:
        person = self._by_address.get(str(letter["to"]))
        who = (str(person), CLIENT) if person else (str(letter["to"]), "bold")
        said = " ".join(letter.get_content().split())
        shown = said if len(said) <= MOST_SHOWN else f"{said[:MOST_SHOWN]}…"
        self._account.tell(self._clock.now(), who, f" gets an e-mail, “{letter['subject']}”: ", (f"“{shown}”", WORDS))


def address_of(person: Person) -> str:
    """As clients.csv has it."""
    return f"{person.key}@{DOMAIN}"
