"""`flow check`, `publish`, `show`, `diff` and `rollback`: a flow as a document, its versions and drafts."""

import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from podline.commands.flow_asking import (
    author_of,
    flow_name,
    get_version,
    known_here,
    problems_of,
    read_text,
    with_connection,
)
from podline.commands.flow_telling import refuse, show_flows, show_version, show_versions, show_yaml, tell
from podline.commands.opening import CommandFailed, Flag

if TYPE_CHECKING:
    from db.flows import Kept
    from db.pool import Connection
    from db.publishing import Published


RUNS = {"voice": ("calls", "voice_flow"), "text": ("texts", "text_flow")}


def check(files: Annotated[list[str], Parameter(name="FILE", allow_leading_hyphen=True)], /) -> int:
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
    file: Annotated[str, Parameter(name="FILE", allow_leading_hyphen=True)],
    /,
    *,
    flow: str | None = None,
    by: str | None = None,
    note: str = "",
) -> None:
    """Check a flow's document and make it live: the next call or text begins with it, those under way keep
    what they have.

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
    from callflows.reading import ALL_SHIPPED, Unreadable, channel_of, name_of
    from db.flows import list_flows
    from db.publishing import Blocked, document_in, publish_new
    from podline.clock import wall_clock
    from podline.flow import problem_lines

    text, author = read_text(file), author_of(by)
    try:
        document = document_in(text)
    except Unreadable as unreadable:
        refuse(file, unreadable.problems)
    name = flow_name(flow or name_of(document))

    async def act(connection: "Connection") -> None:
        try:
            published = await publish_new(connection, name, document, by=author, note=note, now=wall_clock())
        except Blocked as blocked:
            refuse(file, blocked.problems)
        for line in problem_lines(file, published.warnings):
            print(line)
        tell(published)
        if name not in ALL_SHIPPED and not any(one.lines for one in await list_flows(connection) if one.flow == name):
            what, column = RUNS[channel_of(name, document)]
            print(f"No line runs {name} yet: lines.csv says which flow a line's {what} begin with ({column}).")

    with_connection(act)


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
        if before is None and publications:
            raise CommandFailed(f"{flow} has had no other live version than {publications[0].version}.")
        if before is None:
            raise CommandFailed(f"{flow} has never been published: say which two versions.")
        return before, newer

    old, new = with_connection(act)
    assert old.content is not None and new.content is not None
    if "draft" in (old.state, new.state):  # which has no ring orders and hours yet
        found = document_differences(old.content.whole, new.content.whole)
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
    from podline.clock import wall_clock

    author = author_of(by)

    async def act(connection: "Connection") -> "Published":
        return await roll_back(connection, flow, to=to, by=author, note=note, now=wall_clock())

    try:
        tell(with_connection(act))
    except UnknownVersion as error:
        raise CommandFailed(str(error)) from None
    except Blocked as blocked:
        refuse(f"version {blocked.version}", blocked.problems)
