"""The JSON API's threads: what was written in one conversation, and all calls and texts of a client, or about a matter,
in one order."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field
from quart import Blueprint
from quart_schema import security_scheme, tag, validate_querystring, validate_response

from db.desk import Desk
from db.stories import find_contact, list_matters
from db.threads import Before, list_client_thread, list_matter_thread, list_messages
from web.problems import BEARER, Problem
from web.shapes import NOT_OURS, pack_cursor, unpack_cursor

# The address of a message's file, by the message's number and the file's place; without a key there are none.
FileLink = Callable[[int, int], str]
LARGEST_MATTER = 2**63 - 1


class File(BaseModel):
    """`type`: its media type. `url`: it needs no login and holds for seven days; null without PODLINE_SECRET_KEY."""

    type: str
    url: str | None = None


class Message(BaseModel):
    """One text. `direction` "in": written to us; `party`: by, or to, the client or one of our technicians, who is
    `technician`; to a client, `technician` wrote it, and if nobody did it is `automatic`. `peer`: the number or address
    on their side. `status`: Twilio's word, or `refused`; `error`: why it did not arrive, by Twilio's code or in a
    sentence."""

    message: int
    at: AwareDatetime
    direction: Literal["in", "out"]
    party: Literal["client", "technician"]
    technician: str | None = None
    line: str
    peer: str
    words: str
    files: list[File]
    automatic: bool
    provider_sid: str | None = None
    status: str | None = None
    error: str | None = None


class Messages(BaseModel):
    contact: str
    messages: list[Message]


class Entry(BaseModel):
    """A call, or one message. `client`: who called or wrote, or was called or written to, if we know them; `peer`: the
    number or address on their side, as it was shown. `technicians`: who talked, or wrote; `seconds` and `outcome` are
    a call's, null while it goes on; `words`, `files`, `automatic`, `status` and `error` are a message's."""

    at: AwareDatetime
    channel: Literal["voice", "text", "email"]
    direction: Literal["inbound", "outbound"]
    contact: str
    matter: int | None = None
    client: str | None = None
    peer: str
    technicians: list[str]
    words: str | None = None
    files: list[File]
    automatic: bool
    status: str | None = None
    error: str | None = None
    outcome: str | None = None
    seconds: float | None = None


class Thread(BaseModel):
    """`entries` are in their order, the latest last; `earlier` is the cursor of those before them."""

    client: str
    entries: list[Entry]
    earlier: str | None = None


class MatterThread(BaseModel):
    """As a client's; others than the client may have written about it."""

    matter: int
    entries: list[Entry]
    earlier: str | None = None


class ThreadQuery(BaseModel):
    """`cursor`: the `earlier` of the page that followed."""

    limit: int = Field(default=100, ge=1, le=500)
    cursor: str | None = None


def add_threads(api: Blueprint, desk: Desk, link: FileLink | None) -> None:
    @api.get("/contacts/<contact>/messages")
    @tag(["contacts"])
    @security_scheme(BEARER)
    @validate_response(Messages)
    async def get_messages(contact: str) -> Messages:
        async with desk.pool.acquire() as connection:
            row = await find_contact(connection, contact)
            if row is None:
                raise Problem(404, "No such contact", f"There is no contact {contact}.")
            found = await list_messages(connection, row["contact"])
        return Messages(contact=row["contact"], messages=[message_shape(one, link) for one in found])

    @api.get("/clients/<client>/thread")
    @tag(["clients"])
    @security_scheme(BEARER)
    @validate_querystring(ThreadQuery)
    @validate_response(Thread)
    async def get_thread(client: str, query_args: ThreadQuery) -> Thread:
        before = before_of(query_args)
        async with desk.pool.acquire() as connection:
            found = await list_client_thread(connection, client, before=before, limit=query_args.limit)
        await desk.refresh()
        if not found and desk.directory.client(client) is None:
            raise Problem(404, "No such client", f"There is no client {client}.")
        entries, earlier = page_of(found, query_args.limit, link)
        return Thread(client=client, entries=entries, earlier=earlier)

    @api.get("/matters/<int:matter>/thread")
    @tag(["matters"])
    @security_scheme(BEARER)
    @validate_querystring(ThreadQuery)
    @validate_response(MatterThread)
    async def get_matter_thread(matter: int, query_args: ThreadQuery) -> MatterThread:
        before = before_of(query_args)
        async with desk.pool.acquire() as connection:
            if matter > LARGEST_MATTER or not await list_matters(connection, matter=matter):
                raise Problem(404, "No such matter", f"There is no matter #{matter}.")
            found = await list_matter_thread(connection, matter, before=before, limit=query_args.limit)
        entries, earlier = page_of(found, query_args.limit, link)
        return MatterThread(matter=matter, entries=entries, earlier=earlier)


def before_of(query: ThreadQuery) -> Before | None:
    """Raises Problem for a cursor that is none of ours."""
    try:
        return read_before(query.cursor) if query.cursor else None
    except ValueError as error:
        raise Problem(400, "The request can't be read", str(error)) from error


def page_of(found: Sequence[Mapping[str, Any]], limit: int, link: FileLink | None) -> tuple[list[Entry], str | None]:
    """The latest entries, and the cursor of those before them."""
    page = found[-limit:]
    earlier = write_before(page[0]) if len(found) > len(page) else None
    return [entry_shape(one, link) for one in page], earlier


def files_of(row: Mapping[str, Any], link: FileLink | None) -> list[File]:
    kept = enumerate(row["files"])
    return [File(type=one["type"], url=link(row["message"], place) if link else None) for place, one in kept]


def message_shape(row: Mapping[str, Any], link: FileLink | None) -> Message:
    told = {key: value or None for key, value in row.items() if key in ("technician", "status", "error")}
    return Message.model_validate({**row, **told, "files": files_of(row, link)})


def entry_shape(row: Mapping[str, Any], link: FileLink | None) -> Entry:
    told = {key: row[key] or None for key in ("status", "error", "outcome")}
    words = row["words"] if row["message"] else None
    return Entry.model_validate({**row, **told, "words": words, "files": files_of(row, link)})


def write_before(row: Mapping[str, Any]) -> str:
    return pack_cursor([row["at"].isoformat(), row["contact"], row["message"]])


def read_before(text: str) -> Before:
    """Raises ValueError for anything that we did not write."""
    at, contact, message = unpack_cursor(text, 3)
    if not isinstance(message, int) or not 0 <= message < 2**63:
        raise ValueError(NOT_OURS)
    return datetime.fromisoformat(at), str(contact), message
