"""`thread`: all of a client's calls and texts, as one conversation."""

from typing import TYPE_CHECKING, Literal

from podline.commands.opening import CommandFailed, Flag, with_desk

if TYPE_CHECKING:
    from db.desk import Desk
    from web.threads import FileLink


def thread(client: str, /, *, limit: int = 100, language: Literal["en", "fr"] = "en", json: Flag = False) -> None:
    """Tell a client's calls and texts in one order, the latest last.

    For example:

        podline thread clara
        podline thread clara --limit 10 --language fr

    Parameters
    ----------
    client
        The key in clients.csv.
    limit
        How many at most: the latest ones.
    language
        In English (en) or French (fr).
    json
        As JSON, in the shape of the API.
    """
    if not 1 <= limit <= 10_000:
        raise CommandFailed("--limit is a number from 1 to 10000.")

    async def act(desk: "Desk") -> None:
        from db.threads import list_client_thread
        from telling.thread import lines

        async with desk.pool.acquire() as connection:
            found = await list_client_thread(connection, client, limit=limit)
        if not found and desk.directory.client(client) is None:
            raise CommandFailed(f"There is no client {client} in the directory.")
        rows = found[-limit:]
        if json:
            from web.threads import Thread, entry_shape

            link = file_link()
            shaped = Thread(client=client, entries=[entry_shape(one, link) for one in rows])
            print(shaped.model_dump_json(indent=2))
            return
        if not rows:
            print("They have neither called nor written.")
            return
        for line in lines(client, rows, desk.directory, language):
            print(line)

    with_desk(act)


def file_link() -> "FileLink | None":
    """Addresses of files, if there is a key to sign them with."""
    from ivr.files import FileLinks
    from podline.clock import wall_clock
    from podline.settings import read_settings

    settings = read_settings()
    key = settings.secret_key.get_secret_value() if settings.secret_key else ""
    return FileLinks(settings.url, key, wall_clock).to if key else None
