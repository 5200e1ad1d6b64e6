"""A mail server for tests: it takes letters, and misbehaves at the moment it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from mail.relay import Relay

ANSWERS = {
    "hello": "220 ready",
    "EHLO": "250 mx",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "taken": "250 ok 17",
}


@dataclass
class Server:
    """`answers`: by command; "hello" is the greeting and "taken" what follows the text. An empty answer: the
    connection is cut instead. `silent`: at this moment it says nothing more until it is `released`."""

    answers: dict[str, str] = field(default_factory=dict)
    silent: str = ""
    port: int = 0
    commands: list[str] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)
    has_letter: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def relay(self) -> Relay:
        return Relay("127.0.0.1", self.port, is_tls=False)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            going = await self.say("hello", writer)
            while going and (line := await reader.readline()):
                said = line.decode().strip()
                self.commands.append(said)
                going = await self.say(said[:4].upper(), writer)
                if going and said == "DATA":
                    self.letters.append(await reader.readuntil(b"\r\n.\r\n"))
                    self.has_letter.set()
                    going = await self.say("taken", writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def say(self, moment: str, writer: asyncio.StreamWriter) -> bool:
        """Whether the conversation goes on as usual."""
        answer = self.answers.get(moment, ANSWERS.get(moment, "250 ok"))
        if moment == self.silent:
            await self.released.wait()
        if answer:
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
        return bool(answer) and (moment not in ("DATA",) or answer.startswith("354"))


@asynccontextmanager
async def mail_server(silent: str = "", **answers: str) -> AsyncIterator[Server]:
    server = Server(answers, silent)
    talks: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.get_running_loop().create_task(server.converse(reader, writer)))

    listening = await asyncio.start_server(begin, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await listening.wait_closed()
