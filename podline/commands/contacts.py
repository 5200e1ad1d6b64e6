"""`contacts` and `story`: what happened, as a table, in plain words, or as JSON."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from podline.commands.opening import CommandFailed, Flag, local, read_instant, show_table, with_desk

if TYPE_CHECKING:
    from db.desk import Desk
    from db.snapshot import Directory

Row = Mapping[str, Any]
CHANNELS = {"voice": "call", "text": "text", "email": "e-mail"}


def contacts(
    *,
    municipality: str | None = None,
    client: str | None = None,
    technician: str | None = None,
    since: str | None = None,
    limit: int = 20,
    json: Flag = False,
) -> None:
    """List contacts, the newest first: id, when, by call, text or e-mail, who, municipality, outcome, owner.

    For example:

        podline contacts --since 2h
        podline contacts --municipality Rimouski --json

    Parameters
    ----------
    municipality
        Only of this municipality: its key, or its name if only one has it.
    client
        Only of this client: the key in clients.csv.
    technician
        Only those that this technician owns or had a part in: key or name.
    since
        Only those from then on: 2h, 3d, 08:30, 2026-11-03 or 2026-11-03T08:30.
    limit
        How many at most.
    json
        As JSON, in the shape of the API, with each contact's events.
    """
    from db.stories import Wanted, list_contacts, list_events
    from podline.clock import wall_clock

    if not 1 <= limit <= 10_000:
        raise CommandFailed("--limit is a number from 1 to 10000.")
    after = read_instant(since, wall_clock(), None, ahead=False) if since else None

    async def act(desk: "Desk") -> None:
        directory = desk.directory
        if client is not None and directory.client(client) is None:
            raise CommandFailed(f"There is no client {client} in the directory.")
        wanted = Wanted(
            municipality=municipality_key(directory, municipality) if municipality else None,
            client=client,
            technician=technician_key(directory, technician) if technician else None,
            since=after,
            limit=limit,
        )
        async with desk.pool.acquire() as connection:
            rows = (await list_contacts(connection, wanted))[:limit]
            stories = await list_events(connection, [row["contact"] for row in rows]) if json else {}
        if json:
            from web.shapes import Contacts, contact_shape

            shaped = [contact_shape(row, stories[row["contact"]]) for row in rows]
            print(Contacts(contacts=shaped).model_dump_json(by_alias=True, indent=2))
        else:
            show(directory, rows)

    with_desk(act)


def show(directory: "Directory", rows: Sequence[Row]) -> None:
    from routing.addresses import as_read
    from telling.names import zone_of

    found = []
    for row in rows:
        client = directory.client(row["client"]) if row["client"] else None
        place = directory.municipality(row["municipality"]) if row["municipality"] else None
        owner = directory.technician(row["owner"]) if row["owner"] else None
        number = row["to_number" if row["direction"] == "outbound" else "from_number"]
        ours = next((one.name for one in directory.technicians if one.phone == number), "")
        found.append(
            (
                row["contact"],
                local(row["started_at"], zone_of(directory, row)),
                CHANNELS[row["channel"]],
                client.name if client else ours or as_read(number) or "withheld",
                place.name if place else "",
                row["outcome"] or "open",
                owner.name if owner else "",
            )
        )
    if not found:
        print("There are no such contacts.")
        return
    show_table(("id", "when", "by", "who", "municipality", "outcome", "owner"), found)


def story(
    contact: str,
    /,
    *,
    why: Flag = False,
    language: Literal["en", "fr"] = "en",
    link: Flag = False,
    json: Flag = False,
) -> None:
    """Tell one contact's story in plain words.

    For example:

        podline story q7nm2x4kabcd --why
        podline story q7nm2x4kabcd --link

    Parameters
    ----------
    contact
        The contact's id, or Twilio's sid of the call or of any message.
    why
        With the reason for every choice: why this pod, why this order, why somebody was left out.
    language
        In English (en) or French (fr).
    link
        Print the address of its page instead, for a supervisor's browser: it opens this story alone, for 12 hours.
    json
        As JSON, in the shape of the API; with --why also `reasons`.
    """

    async def act(desk: "Desk") -> None:
        from db.stories import find_story

        async with desk.pool.acquire() as connection:
            found = await find_story(connection, contact)
        if found is None:
            raise CommandFailed(f"There is no contact {contact}: `podline contacts` lists them.")
        if link:
            print(address_of(found.row["contact"]))
            return
        reasons = found.reasons if why else []
        if json:
            print_json(found.row, found.events, reasons if why else None)
            return
        from telling.names import names_now
        from telling.story import lines, places_named

        names = names_now(desk.directory, found.row, places_named(reasons), language)
        for line in lines(found.row, found.events, names, reasons):
            print(line)

    with_desk(act)


def address_of(contact: str) -> str:
    """Of the contact's page. Raises CommandFailed when the service has none."""
    from podline.clock import wall_clock
    from podline.settings import read_settings
    from web.story_links import contact_address

    settings = read_settings()
    if settings.secret_key is None:
        raise CommandFailed("PODLINE_SECRET_KEY is not set, so stories have no pages: set it, and restart the service.")
    return contact_address(settings.url, settings.secret_key.get_secret_value(), wall_clock(), contact)


def print_json(row: Row, events: Sequence[Row], reasons: Sequence[Any] | None) -> None:
    from json import dumps

    from web.shapes import contact_shape

    shaped = contact_shape(row, events).model_dump(mode="json", by_alias=True)
    if reasons is not None:
        shaped["reasons"] = [
            {"turn": turn, "at": at.isoformat(), "event": event, "reasons": kept} for turn, at, event, kept in reasons
        ]
    print(dumps(shaped, ensure_ascii=False, indent=2))


def municipality_key(directory: "Directory", asked: str) -> str:
    if directory.municipality(asked) is not None:
        return asked
    named = [
        one for one in directory.municipalities() if asked.casefold() in (one.name.casefold(), one.name_fr.casefold())
    ]
    if len(named) == 1:
        return named[0].municipality
    if named:
        keys = ", ".join(f"{one.municipality} ({one.kind}, {one.province})" for one in named)
        raise CommandFailed(f"Several municipalities are called {asked}: say which by its key, {keys}.")
    raise CommandFailed(f"There is no municipality {asked} in the directory.")


def technician_key(directory: "Directory", asked: str) -> str:
    if directory.technician(asked) is not None:
        return asked
    named = [one.technician for one in directory.technicians if asked.casefold() == one.name.casefold()]
    if len(named) == 1:
        return named[0]
    raise CommandFailed(f"There is no technician {asked} in the directory: `podline who` lists them.")
