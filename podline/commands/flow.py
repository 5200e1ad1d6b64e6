"""`flow check`, `publish`, `show`, `diff` and `rollback`: a flow as a document, its versions and drafts."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

from cyclopts import Parameter

from podline.commands.opening import CommandFailed, Flag, show_table

if TYPE_CHECKING:
    from datetime import datetime

    from callflows.step import Known, Problem
    from db.flows import Kept
    from db.pool import Connection
    from db.publishing import Published
    from podline.settings import Settings

Result = TypeVar("Result")
NOBODY = "command line"
LATEST = 30  # versions of the history table


def check(files: Annotated[list[str], Parameter(name="FILE")], /) -> int:
    """Say all that is wrong with a flow's document, each with its place and what to do. Nothing is published.

    Status 1 if anything forbids publishing; warnings don't. Where the database runs, the pods, municipalities,
    clients and lines that a document names are looked up; without it they are taken on trust.

    For example:

        podline flow check taxes.yaml winter.yaml

    Parameters
    ----------
    files
        Flows as YAML; - for what is piped in.
    """
    from callflows.check import blocks
    from podline.flow import problem_lines
    from podline.settings import read_settings

    texts = [(file, read_text(file)) for file in files]
    known = known_here(read_settings())
    refused = False
    for file, text in texts:
        problems = problems_of(text, known)
        refused = refused or blocks(problems)
        for line in problem_lines(file, problems):
            print(line)
        if not blocks(problems):
            print(f"{file}: nothing forbids publishing.")
    if known is None:
        told = "Without a database the pods, municipalities, clients and lines that are named were not looked up."
        print(told, file=sys.stderr)
    return int(refused)


def publish(
    file: str,
    /,
    *,
    flow: str | None = None,
    by: str | None = None,
    note: str = "",
) -> None:
    """Check a flow's document and make it live: the next call begins with it, calls under way keep what they have.

    A document with problems is refused, all of them told; the very document that is live is not published again.

    For example:

        podline flow publish taxes.yaml --note "a key for water"

    Parameters
    ----------
    file
        The flow as YAML; - for what is piped in.
    flow
        Publish it as this flow, whatever the document says.
    by
        Who publishes, for the history; your user name if not given.
    note
        Why, for the history.
    """
    from callflows.reading import SHIPPED, Unreadable
    from db.publishing import Blocked, document_in, publish_new
    from podline.app import wall_clock
    from podline.flow import problem_lines

    text, author = read_text(file), author_of(by)
    try:
        document = document_in(text)
    except Unreadable as unreadable:
        refuse(file, unreadable.problems)
    name = flow_name(flow or str(document.get("flow") or SHIPPED))

    async def act(connection: "Connection") -> "Published":
        return await publish_new(connection, name, document, by=author, note=note, now=wall_clock())

    try:
        published = with_connection(act)
    except Blocked as blocked:
        refuse(file, blocked.problems)
    for line in problem_lines(file, published.warnings):
        print(line)
    tell(published)


def show(
    flow: str | None = None,
    /,
    *,
    version: int | None = None,
    yaml: Flag = False,
    versions: Flag = False,
) -> None:
    """Show the flows, or one of them step by step in words.

    For example:

        podline flow show
        podline flow show main --versions
        podline flow show main --yaml > winter.yaml

    Parameters
    ----------
    flow
        Which; all of them in a table if not given.
    version
        This version of it, which may be a draft; the live one if not given.
    yaml
        The document, as `podline flow publish` takes it again.
    versions
        The history: who published what and when, and the drafts.
    """
    if flow is None:
        if version is not None or yaml or versions:
            raise CommandFailed("Say which flow: `podline flow show` lists them.")
        with_connection(show_flows)
    elif versions:
        with_connection(lambda connection: show_versions(connection, flow))
    else:
        kept = with_connection(lambda connection: get_version(connection, flow, version))
        if yaml:
            show_yaml(kept)
        else:
            show_version(kept)


def diff(
    flow: str,
    a: Annotated[int | None, Parameter(name="A")] = None,
    b: Annotated[int | None, Parameter(name="B")] = None,
    /,
) -> None:
    """Say what differs between two versions of a flow: steps, words, times, ring orders, hours.

    For example:

        podline flow diff main
        podline flow diff main 3
        podline flow diff main 3 5

    Parameters
    ----------
    flow
        Which.
    a
        The older version; the one that was live before the live one if not given.
    b
        The newer version; the live one if not given. Either may be a draft.
    """
    from callflows.differences import document_differences, lines, version_differences

    async def act(connection: "Connection") -> "tuple[Kept, Kept]":
        from db.flows import list_publications

        newer = await get_version(connection, flow, b)
        if a is not None:
            return await get_version(connection, flow, a), newer
        publications = await list_publications(connection, flow)
        before = publications[1] if len(publications) > 1 else None
        if before is None:
            raise (
                CommandFailed(f"{flow} has had no other live version than {publications[0].version}.")
                if (publications)
                else CommandFailed(f"{flow} has never been published: say which two versions.")
            )
        return before, newer

    old, new = with_connection(act)
    assert old.content is not None and new.content is not None
    if "draft" in (old.state, new.state):  # which has no ring orders and hours yet
        found = document_differences(old.content.document, new.content.document)
    else:
        found = version_differences(old.content, new.content)
    print(f"{flow}, from version {old.version} ({old.state}) to version {new.version} ({new.state}):")
    for line in lines(found):
        print(line)
    if not found:
        print("nothing differs.")


def rollback(flow: str, /, *, to: int | None = None, by: str | None = None, note: str = "") -> None:
    """Go back to what was live before, as a new version; the next call begins with it.

    That is the last version with another document than the live one's: a second rollback takes the first one
    back. For one from further back say which; `podline flow show FLOW --versions` lists them.

    For example:

        podline flow rollback main
        podline flow rollback main --to 3 --note "the water menu was wrong"

    Parameters
    ----------
    flow
        Which.
    to
        The version to go back to, which must have been live.
    by
        Who, for the history; your user name if not given.
    note
        Why, for the history; "back to version N" if not given.
    """
    from db.publishing import Blocked, UnknownVersion
    from db.publishing import rollback as roll_back
    from podline.app import wall_clock

    author = author_of(by)

    async def act(connection: "Connection") -> "Published":
        return await roll_back(connection, flow, to=to, by=author, note=note, now=wall_clock())

    try:
        tell(with_connection(act))
    except UnknownVersion as error:
        raise CommandFailed(str(error)) from None
    except Blocked as blocked:
        refuse(f"version {blocked.version}", blocked.problems)


# Reading what was asked.


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


# Telling.


def refuse(file: str, problems: "Sequence[Problem]") -> NoReturn:
    from podline.flow import counted, problem_lines

    for line in problem_lines(file, problems):
        print(line)
    blocking = sum(not one.warning for one in problems)
    raise CommandFailed(f"{file} is not published: {counted(blocking, 'problem')} to put right.")


def tell(published: "Published") -> None:
    from callflows.differences import document_differences, summary

    kept = published.kept
    if not published.is_new:
        print(f"{kept.flow}: version {kept.version} is live, and is this very document; nothing is published.")
        return
    print(f"{kept.flow}: version {kept.version} is live{f' ({kept.note})' if kept.note else ''}.")
    before = published.before
    if before is not None and kept.content is not None:
        changed = summary(document_differences(before.document, kept.content.document))
        print(f"Against version {before.version}: {changed}.")


def when(at: "datetime | None") -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M %Z") if at else ""


async def show_flows(connection: "Connection") -> None:
    from db.flows import list_flows

    rows = [
        (
            one.flow,
            str(one.live or "none"),
            when(one.published_at),
            one.published_by or "",
            one.note,
            str(one.drafts or ""),
            ", ".join(one.lines),
        )
        for one in await list_flows(connection)
    ]
    show_table(("flow", "live version", "since", "by", "note", "drafts", "lines"), rows)


async def show_versions(connection: "Connection", flow: str) -> None:
    from db.flows import list_versions

    found = await list_versions(connection, flow, LATEST + 1)
    if not found:
        await get_version(connection, flow, None)  # says what there is
    rows = [
        (
            str(one.version),
            one.state,
            when(one.published_at or one.created_at),
            one.published_by or one.created_by,
            one.note,
        )
        for one in found[:LATEST]
    ]
    show_table(("version", "state", "since", "by", "note"), rows)
    if len(found) > LATEST:
        print(f"Older ones are not listed; `podline flow show {flow} --version N` shows one.")


def show_yaml(kept: "Kept") -> None:
    from podline.flow import as_yaml

    assert kept.content is not None
    print(as_yaml(kept.flow, kept.content.document), end="")


def show_version(kept: "Kept") -> None:
    from callflows.step import Flow
    from podline.flow import problem_lines, prompt_rows, read_flow, settings_of, step_rows

    assert kept.content is not None
    who, at = kept.published_by or kept.created_by, when(kept.published_at or kept.created_at)
    said = {"live": "live since", "published": "published", "draft": "a draft of"}[kept.state]
    print(f"{kept.flow}, version {kept.version}: {said} {at}, by {who}{f' ({kept.note})' if kept.note else ''}.")
    flow = read_flow(kept.content.document)
    if not isinstance(flow, Flow):
        if kept.state != "draft":
            print("This document can't be read any more, so calls run the flow that ships:")
        for line in problem_lines(kept.flow, flow):
            print(line)
        return
    for line in settings_of(kept.content.document, flow):
        print(line)
    print()
    rows = list(step_rows(flow))
    noted = any(row[3] for row in rows)
    show_table(("", "step", "what it does", *(("note",) if noted else ())), [row if noted else row[:3] for row in rows])
    if prompts := list(prompt_rows(flow)):
        print()
        show_table(("words", "language", "what is said"), prompts)
