"""What the `flow` commands read: files, names, the database, and what it knows if it happens to run."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from podline.commands.opening import CommandFailed

if TYPE_CHECKING:
    from callflows.step import Known, Problem
    from db.flows import Kept
    from db.pool import Connection
    from podline.settings import Settings

Result = TypeVar("Result")
NOBODY = "command line"


def read_text(file: str) -> str:
    """The whole file, or what is piped in for `-`."""
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig") if file == "-" else Path(file).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandFailed(f"{file} is no text in UTF-8.") from None


def problems_of(text: str, known: "Known | None") -> "Sequence[Problem]":
    from callflows.check import NOTHING_KNOWN, flow_problems
    from callflows.reading import Unreadable
    from db.publishing import document_in

    try:
        return flow_problems(document_in(text), known or NOTHING_KNOWN)
    except Unreadable as unreadable:
        return unreadable.problems


def flow_name(name: str) -> str:
    from db.publishing import is_name

    if not is_name(name):
        raise CommandFailed(f'"{name}" is no name of a flow: letters, digits, - and _, at most 64, like winter-taxes.')
    return name


def author_of(by: str | None) -> str:
    """Who publishes: as given, else the user of this machine, if that isn't a name of our own."""
    import getpass

    from db.publishing import OURS

    if by is not None:
        if not by.strip() or by.strip() in OURS:
            raise CommandFailed(f'--by is the name of a person; "{by}" is none.')
        return by.strip()
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container's user need not have a name
        return NOBODY
    return NOBODY if user in OURS else user


def with_connection(act: "Callable[[Connection], Awaitable[Result]]") -> Result:
    """Runs `act` with a connection to the database that the settings name."""
    import asyncio

    from podline.database import connect, database
    from podline.settings import read_settings

    async def run(url: str) -> Result:
        connection = await connect(url)
        try:
            return await act(connection)
        finally:
            await connection.close()

    with database(read_settings()) as url:
        return asyncio.run(run(url))


def known_here(settings: "Settings") -> "Known | None":
    """What the directory knows, if its database runs and has the schema; nothing is started or made."""
    import asyncio

    import asyncpg

    from db.embedded import EmbeddedFailed, find_running
    from db.flows import known
    from db.pool import AWAY
    from podline.database import DatabaseUnusable, connect

    async def ask(url: str) -> "Known":
        connection = await connect(url)
        try:
            return await known(connection)
        finally:
            await connection.close()

    try:
        given = settings.database_url
        url = given.get_secret_value() if given else find_running(settings.home)
        return asyncio.run(ask(url)) if url else None
    except (*AWAY, DatabaseUnusable, EmbeddedFailed, asyncpg.PostgresError):
        return None


async def get_version(connection: "Connection", flow: str, version: int | None) -> "Kept":
    """That version, or the live one."""
    from db.flows import find_live, find_version, list_flows

    found = await (find_live(connection, flow) if version is None else find_version(connection, flow, version))
    if found is not None:
        return found
    flows = {one.flow: one for one in await list_flows(connection)}
    if flow not in flows:
        raise CommandFailed(f"There is no flow {flow}: there are {', '.join(flows)}.")
    if version is None:
        raise CommandFailed(f"{flow} has only drafts: `podline flow show {flow} --versions` lists them.")
    raise CommandFailed(f"There is no version {version} of {flow}.")
