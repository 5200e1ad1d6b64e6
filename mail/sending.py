"""One letter through the mail server, and what certainly became of it.

SMTP has no idempotent sending: who loses the connection after the end of the text can't know whether the server took
the letter (RFC 1047). So there are four outcomes, and only Busy may be tried again by itself. The Message-ID is fixed
per deed, so that a letter sent twice all the same is recognised as one by most mail programs.
"""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

import aiosmtplib

from mail.relay import Relay
from mail.writing import sendable

SECONDS = 30.0  # for each answer of the server
SECONDS_IN_ALL = 120.0

_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken it; a bounce may still come. `said`: its answer, often with its own number for it."""

    said: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will not take this letter, now or later (5xx)."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Certainly not taken: no connection, no login, or the server asks us to come back (4xx). Safe to try again."""

    said: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """All of it was given, and no answer came. Trying again may send it twice."""

    said: str


Outcome = Sent | Refused | Busy | Unknown


@dataclass(slots=True)
class _Progress:
    is_open: bool = False  # the server knows us, and what it says now concerns this letter
    is_given: bool = False  # the end of the letter may have reached the server


async def send(relay: Relay, letter: bytes, *, sender: str, to: str) -> Outcome:
    """`letter`: as `mail.writing.write` makes it. `sender`: where bounces go. Raises BadLetter for an address that
    can't be one. If it is cancelled, the outcome is as Unknown."""
    envelope = (sendable(sender), sendable(to))
    client = _client(relay, envelope[0])
    progress = _Progress()
    try:
        async with asyncio.timeout(SECONDS_IN_ALL):
            return await _converse(client, envelope, letter, progress)
    except aiosmtplib.SMTPResponseException as error:
        return _answered(error.code, error.message, progress)
    except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
        said = _line(str(error)) or type(error).__name__
        return Unknown(said) if progress.is_given else Busy(said)
    finally:
        client.close()


async def greet(relay: Relay, *, sender: str) -> str:
    """Connect, log in and leave again: empty if the server lets us, else why not. Raises BadLetter as `send` does."""
    client = _client(relay, sendable(sender))
    try:
        async with asyncio.timeout(SECONDS):
            await client.connect()
            await client.ehlo()
            with suppress(aiosmtplib.SMTPException):
                await client.quit()
    except aiosmtplib.SMTPResponseException as error:
        return _line(f"{error.code} {error.message}")
    except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
        return _line(str(error)) or type(error).__name__
    finally:
        client.close()
    return ""


def _client(relay: Relay, sender: str) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.user or None,
        password=relay.password or None,
        use_tls=relay.is_tls,
        start_tls=relay.needs_starttls,
        local_hostname=sender.rpartition("@")[2],
        timeout=SECONDS,
    )


async def _converse(client: aiosmtplib.SMTP, envelope: tuple[str, str], letter: bytes, progress: _Progress) -> Outcome:
    await client.connect()
    progress.is_open = True
    await client.mail(envelope[0])
    await client.rcpt(envelope[1])
    begun = await client.execute_command(b"DATA")
    if begun.code != 354 or client.protocol is None:
        return _answered(begun.code, begun.message, progress)
    progress.is_given = True
    # Not `client.data`: it does not tell whether a connection was lost before the text or after it.
    client.protocol.write(_DOT.sub(b"..", letter) + (b".\r\n" if letter.endswith(b"\r\n") else b"\r\n.\r\n"))
    answer = await client.protocol.read_response(timeout=SECONDS)
    outcome = _answered(answer.code, answer.message, progress)
    with suppress(aiosmtplib.SMTPException, TimeoutError, OSError):  # it makes no difference any more
        async with asyncio.timeout(1):
            await client.quit()
    return outcome


def _answered(code: int, message: str, progress: _Progress) -> Outcome:
    """What an answer means. Before the server knows us, a refusal is about us, and not about the letter."""
    said = _line(f"{code} {message}")
    if progress.is_given and 200 <= code < 300:
        return Sent(said)
    if progress.is_open and 500 <= code < 600:
        return Refused(code, said)
    if progress.is_given and not 400 <= code < 500:
        return Unknown(said)  # an answer that no server gives
    return Busy(said)


def _line(said: str) -> str:
    return " ".join(said.split())[:300]
