"""`thread`: all calls and texts of a client, or about a matter, as one conversation."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from podline.commands.opening import CommandFailed, Flag, with_desk

if TYPE_CHECKING:
    from db.desk import Desk
    from web.threads import FileLink, MatterThread, Thread


def thread(of: str, /, *, limit: int = 100, language: Literal["en", "fr"] = "en", json: Flag = False) -> None:
    """Tell the calls and texts of a client, or about a matter, in one order, the latest last.

    For example:

        podline thread clara
        podline thread '#12'
        podline thread clara --limit 10 --language fr

    Parameters
    ----------
    of
        The client's key in clients.csv; or # and a matter's number, in quotation marks: a shell takes a bare # for the
        beginning of a comment.
    limit
        How many at most: the latest ones.
    language
        In English (en) or French (fr).
    json
        As JSON, in the shape of the API.
    """
    if not 1 <= limit <= 10_000:
        raise CommandFailed("--limit is a number from 1 to 10000.")
    matter = re.fullmatch(r"#(\d{1,18})", of)

    async def act(desk: "Desk") -> None:
        show = show_matter(desk, int(matter[1]), limit) if matter else show_client(desk, of, limit)
        shaped, told = await show
        if json:
            print(shaped.model_dump_json(indent=2))
        elif not shaped.entries:
            print("They have neither called nor written.")
        else:
            for line in told(language):
                print(line)

    with_desk(act)


Told = Callable[[str], Iterator[str]]  # its lines in a language


async def show_client(desk: "Desk", client: str, limit: int) -> "tuple[Thread, Told]":
    from db.threads import list_client_thread
    from telling.thread import lines_of_client
    from web.threads import Thread, page_of

    async with desk.pool.acquire() as connection:
        found = await list_client_thread(connection, client, limit=limit)
    if not found and desk.directory.client(client) is None:
        raise CommandFailed(f"There is no client {client} in the directory. A matter is named in quotes: '#12'.")
    entries, earlier = page_of(found, limit, file_link())
    shaped = Thread(client=client, entries=entries, earlier=earlier)
    return shaped, lambda language: lines_of_client(client, found[-limit:], desk.directory, language)


async def show_matter(desk: "Desk", matter: int, limit: int) -> "tuple[MatterThread, Told]":
    from db.stories import list_matters
    from db.threads import list_matter_thread
    from telling.thread import lines_of_matter
    from web.threads import MatterThread, page_of

    async with desk.pool.acquire() as connection:
        rows = await list_matters(connection, matter=matter)
        if not rows:
            raise CommandFailed(f"There is no matter #{matter}.")
        found = await list_matter_thread(connection, matter, limit=limit)
    entries, earlier = page_of(found, limit, file_link())
    shaped = MatterThread(matter=matter, entries=entries, earlier=earlier)
    return shaped, lambda language: lines_of_matter(rows[0], found[-limit:], desk.directory, language)


def file_link() -> "FileLink | None":
    """Addresses of files, if there is a key to sign them with."""
    from ivr.files import FileLinks
    from podline.clock import wall_clock
    from podline.settings import read_settings

    settings = read_settings()
    key = settings.secret_key.get_secret_value() if settings.secret_key else ""
    return FileLinks(settings.url, key, wall_clock).to if key else None
