"""The checks of `doctor`, each a finding: what is so, and what to do about it if it is wrong."""

import asyncio
import ipaddress
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from db.embedded import EmbeddedFailed
from db.readiness import somebody_works
from db.spool import Spool
from mail.routes import PLACE
from mail.sending import greet
from podline.asgi import pool_size
from podline.children import DATABASE, DRAINING, PARENT
from podline.commands.doctor import Verdict
from podline.commands.opening import open_desk
from podline.database import DatabaseUnusable, apply, place, read_state, unmigrated
from podline.settings import BadSettings, Settings, read_settings
from podline.work import POOL

API_SECONDS = 10.0
# Which field of a number at Twilio leads to which of our webhooks.
POINTS = {"voice_url": "incoming", "voice_fallback_url": "fallback", "status_callback": "status"}


@dataclass(frozen=True, slots=True)
class Check:
    verdict: Verdict
    what: str
    to_do: str = ""


def examine() -> Iterator[Check]:
    """One after another; what can't be looked at because of an earlier finding is left out."""
    try:
        settings = read_settings()
    except BadSettings as error:
        yield from (Check("wrong", f"Settings: {line}") for line in str(error).splitlines())
        return
    yield from of_settings(settings)
    lines: tuple[str, ...] = ()
    try:
        with unmigrated(settings) as url:
            findings, lines = asyncio.run(_with_database(settings, url))
            yield from findings
    except (DatabaseUnusable, EmbeddedFailed) as error:
        yield Check("wrong", f"Database: {error}")
    yield from asyncio.run(_collected(of_twilio(settings, lines)))
    yield from asyncio.run(_collected(of_relay(settings)))


def of_settings(settings: Settings) -> Iterator[Check]:
    missing = settings.missing_for_serving()
    for one in missing:
        yield Check("wrong", f"Settings: {one}.", "Set it in the environment or in .env.")
    if not missing:
        yield Check("ok", f"Settings: account and {len(settings.tokens)} token(s) are set.")
    if settings.api_token is None:
        yield Check("note", "Settings: PODLINE_API_TOKEN is not set, so the JSON API answers nobody.")
    known = {f"PODLINE_{name.upper()}" for name in Settings.model_fields} | {PARENT, DATABASE, DRAINING}
    if strange := sorted(name for name in os.environ if name.startswith("PODLINE_") and name not in known):
        yield Check("note", f"Settings: nobody reads {', '.join(strange)}.", "Look for a slip of the pen.")
    yield of_public_url(settings)
    yield from of_mail(settings)
    yield of_spool(settings)


def of_mail(settings: Settings) -> Iterator[Check]:
    """E-mail, of whoever has begun to set it up."""
    if not (settings.mail_key or settings.mail_address or settings.relay):
        return
    lacking = {"PODLINE_MAIL_ADDRESS": settings.mail_address, "PODLINE_SECRET_KEY": settings.secret_key}
    missing = [name for name, value in lacking.items() if not value]
    if settings.mail_key is None:
        yield Check("note", "E-mail: PODLINE_MAIL_KEY is not set, so no message is taken.")
    else:
        yield Check("ok", f"E-mail: messages are taken at {settings.url}{PLACE}.")
    if missing:
        what = f"E-mail: {' and '.join(missing)} not set, so no answer goes out, and none finds its matter."
        yield Check("wrong", what, "Set it in the environment or in .env.")
    elif settings.relay is None:
        what = "E-mail: PODLINE_SMTP_URL is not set, so technicians are told to write or phone themselves."
        yield Check("note", what)


def of_spool(settings: Settings) -> Check:
    """What keeps texts while the database is away; it is made when the first of them comes."""
    spool = Spool(settings.home)
    folder = next(one for one in (settings.home, *settings.home.absolute().parents) if one.exists())
    if not os.access(spool.path if spool.path.exists() else folder, os.W_OK):
        what = f"Spool: {spool.path} cannot be written, so texts are refused while the database is away."
        return Check("wrong", what, "Give the user who runs Podline that folder, or set PODLINE_HOME to another.")
    try:
        count = spool.count()
    except (sqlite3.Error, OSError) as error:
        what = f"Spool: {spool.path} cannot be read ({error}), so texts are refused while the database is away."
        return Check("wrong", what, "Move the file away, and keep it: it may hold what clients wrote.")
    if count.aside:
        what = f"Spool: {count.aside} text(s) or report(s) could not be taken up again and again."
        return Check(
            "wrong", what, "Look for replay_failed in the log; they are tried anew when the job process starts."
        )
    if count.waiting:
        what = f"Spool: {count.waiting} text(s) or report(s) wait since {count.since:%H:%M:%S} UTC."
        return Check("note", what, "The job process takes them up when the database is back.")
    return Check("ok", "Spool: nothing waits.")


async def of_relay(settings: Settings) -> AsyncIterator[Check]:
    """The mail server that takes our letters."""
    relay, head = settings.relay, settings.letterhead
    if relay is None or head is None:
        return
    if why := await greet(relay, sender=head.address):
        what = f"E-mail: {relay.host}:{relay.port} does not let us in ({why}), so answers wait."
        yield Check("wrong", what, "Look at PODLINE_SMTP_URL, and at that server.")
    else:
        yield Check("ok", f"E-mail: answers go out as {head.address} by {relay.host}:{relay.port}.")


def of_public_url(settings: Settings) -> Check:
    parts = urlsplit(settings.url)
    if not settings.public_url:
        return Check(
            "note", f"Public URL: not set, so Twilio is thought to call {settings.url}.", "Set PODLINE_PUBLIC_URL."
        )
    if parts.scheme == "https" or is_local(parts.hostname or ""):
        return Check("ok", f"Public URL: {settings.url}.")
    return Check("wrong", f"Public URL: {settings.url} is open to everybody on the way.", "Use https for it.")


def is_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host
    return address.is_loopback or address.is_private


async def _with_database(settings: Settings, url: str) -> tuple[list[Check], tuple[str, ...]]:
    """The findings, and the lines of the directory."""
    found = []
    state = await read_state(url)
    own = settings.database_url is None
    if state.pending and (own or state.is_empty):
        await asyncio.to_thread(apply, url)
    elif state.pending:
        what = f"Database: {len(state.pending)} migration(s) are not applied, from {state.pending[0]} on."
        return [Check("wrong", what, "Run `podline migrate`.")], ()
    where = f"embedded under {settings.home}" if own else place(url)
    found.append(Check("ok", f"Database: it answers and has the schema ({where})."))
    async with open_desk(settings, url) as desk:
        async with desk.pool.acquire() as connection:
            found.append(of_connections(settings, int(await connection.fetchval("SHOW max_connections"))))
            works = await somebody_works(connection)
        directory = desk.directory
    counts = {
        "lines": len(directory.lines),
        "pods": len(directory.pods),
        "technicians": len(directory.technicians),
        "municipalities": len(directory.municipalities()),
    }
    empty = [name for name, count in counts.items() if not count]
    if empty:
        what = f"Directory: it has no {', no '.join(empty)}."
        found.append(Check("wrong", what, "Run `podline import DIR`."))
    else:
        found.append(Check("ok", f"Directory: {', '.join(f'{count} {name}' for name, count in counts.items())}."))
    lonely = [pod.pod for pod in directory.pods if not directory.technicians_of(pod.pod)]
    if lonely:
        found.append(Check("wrong", f"Directory: nobody is in pod {', '.join(lonely)}.", "Add technicians to it."))
    if works:
        found.append(Check("ok", "Jobs: a job process runs."))
    else:
        to_do = "Start `podline serve`, or `podline work`."
        found.append(Check("wrong", "Jobs: no job process runs, so no text is sent and no timer fires.", to_do))
    return found, tuple(line.line for line in directory.lines)


def of_connections(settings: Settings, most: int) -> Check:
    needed = settings.workers * pool_size(settings.workers) + POOL + 5
    if needed <= most:
        return Check("ok", f"Connections: {needed} may be used, PostgreSQL allows {most}.")
    to_do = "Raise max_connections, or lower PODLINE_WORKERS."
    return Check("wrong", f"Connections: {needed} may be used, but PostgreSQL allows only {most}.", to_do)


async def _collected(checks: AsyncIterator[Check]) -> list[Check]:
    return [check async for check in checks]


async def of_twilio(settings: Settings, lines: tuple[str, ...]) -> AsyncIterator[Check]:
    if not settings.tokens or not settings.twilio_account_sid:
        return
    try:
        numbers = await list_numbers(settings)
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        if status in (401, 403, 404):
            to_do = "Copy PODLINE_TWILIO_ACCOUNT_SID and PODLINE_TWILIO_AUTH_TOKEN again from Twilio's console."
            yield Check("wrong", f"Twilio: it refuses the account or the first token ({status}).", to_do)
        else:
            yield Check("wrong", f"Twilio: its API answers {status}.", "Try again in a moment.")
        return
    except (httpx.HTTPError, ValueError) as error:
        to_do = "Look at the network, or at PODLINE_TWILIO_API_URL; calls go on without, texts wait."
        yield Check("wrong", f"Twilio: {settings.twilio_api_url} does not answer ({type(error).__name__}).", to_do)
        return
    yield Check("ok", f"Twilio: the account answers and has {len(numbers)} number(s).")
    for line in lines:
        yield of_line(settings, line, numbers.get(line))


def of_line(settings: Settings, line: str, number: dict[str, Any] | None) -> Check:
    if number is None:
        to_do = "Buy it there, or take it out of lines.csv."
        return Check("wrong", f"Line {line}: it is no number of the account.", to_do)
    wrong = [
        f"{field} is {number.get(field) or 'empty'}, not {settings.url}/voice/{name}"
        for field, name in POINTS.items()
        # A fragment carries Twilio's connection overrides and is no part of where it leads.
        if (number.get(field) or "").partition("#")[0] != f"{settings.url}/voice/{name}"
    ]
    if wrong:
        return Check("wrong", f"Line {line}: {'; '.join(wrong)}.", "Set it in Twilio's console.")
    return Check("ok", f"Line {line}: Twilio sends its calls to us.")


async def list_numbers(settings: Settings) -> dict[str, dict[str, Any]]:
    """The account's numbers, by number. Raises httpx's errors."""
    account = settings.twilio_account_sid
    page: str | None = f"/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json?PageSize=1000"
    found: dict[str, dict[str, Any]] = {}
    async with httpx.AsyncClient(
        base_url=settings.twilio_api_url, auth=(account, settings.tokens[0]), timeout=API_SECONDS
    ) as client:
        while page:
            answer = await client.get(page)
            answer.raise_for_status()
            told = answer.json()
            found |= {one["phone_number"]: one for one in told["incoming_phone_numbers"]}
            page = told.get("next_page_uri")
    return found
