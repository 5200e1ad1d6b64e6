"""`POST /mail/incoming`: one message in, from a mail server's pipe or a provider's webhook.

A message counts as taken when `take` has returned; until then whoever brings it keeps it and comes again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from quart import Blueprint, Request, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from mail.key import holds
from mail.letter import Letter, TooLarge, Unreadable
from mail.letterhead import Letterhead
from mail.reading import LARGEST, read

log = structlog.get_logger()

PLACE = "/mail/incoming"
LARGEST_BODY = LARGEST + 1024 * 1024  # a form has other fields, too
TAKE_SECONDS = 30.0
RAW = ("message/rfc822", "application/octet-stream")
FORM = "multipart/form-data"
FIELDS = ("email", "message", "body-mime")  # as providers call the whole message

Take = Callable[[Letter], Awaitable[None]]


class RoomyRequest(Request):
    """A request class for the application: letters may be large, while every other body is as bounded as before."""

    def __init__(self, method: str, scheme: str, path: str, *rest: Any, **options: Any) -> None:
        if path == PLACE:
            options["max_content_length"] = LARGEST_BODY
        super().__init__(method, scheme, path, *rest, **options)


class Refused(Exception):
    """A request whose message is not taken: its status, and a sentence."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def blueprint(key: str, own: Letterhead | None, take: Take) -> Blueprint:
    """`key` empty: there is no such place. `own`: by which our own letters are known. `take` must keep a letter that
    it has already taken (the same message id) only once, and may raise: then the message is asked for again."""
    made = Blueprint("mail", __name__)

    @made.post(PLACE)
    async def incoming() -> Response:
        try:
            if not key:
                raise Refused(404, "No mail is taken here: PODLINE_MAIL_KEY is not set.")
            if not holds(request.headers.get("Authorization", ""), key):
                raise Refused(401, "Send the header Authorization: Bearer <PODLINE_MAIL_KEY>.")
            letter = await read_letter(await message_of_request(), own)
            await keep(letter, take)
        except Refused as refused:
            log.warning("mail_refused", status=refused.status, why=refused.why)
            return answer(refused.status, refused.why)
        return answer(202, "Taken.")

    return made


async def message_of_request() -> bytes:
    """The message that was brought, in one of the forms. Raises Refused."""
    if request.mimetype not in (*RAW, FORM):
        raise Refused(415, f"Send the message as {RAW[0]}, or as {FORM} in a field {FIELDS[0]}.")
    if (request.content_length or 0) > LARGEST_BODY:
        raise Refused(413, f"The request has more than {LARGEST_BODY} bytes; send less with the message.")
    request.max_content_length = request.max_form_memory_size = LARGEST_BODY
    try:
        if request.mimetype != FORM:
            body = await request.get_data(as_text=False)
            return body if isinstance(body, bytes) else body.encode()
        return await message_of_form()
    except RequestEntityTooLarge as error:
        raise Refused(413, f"The request has more than {LARGEST_BODY} bytes; send less with the message.") from error
    except HTTPException as error:
        raise Refused(error.code or 400, f"The request can't be read: {error.name}.") from error
    except ValueError as error:
        raise Refused(400, f"The form can't be read; send it as {FORM}.") from error


async def message_of_form() -> bytes:
    """A file is kept to the byte; a field has been text on its way."""
    files, fields = await request.files, await request.form
    for name in FIELDS:
        if name in files:
            return bytes(files[name].stream.read())
        if name in fields:
            return str(fields[name]).encode("utf-8", "surrogateescape")
    raise Refused(400, f"The form has no field {' or '.join(FIELDS)} with the whole message.")


async def read_letter(octets: bytes, own: Letterhead | None) -> Letter:
    """In a thread: a large message takes a while, and somebody's call is waiting."""
    if not octets.strip():
        raise Refused(400, "There is no message in the request.")
    try:
        return await asyncio.to_thread(read, octets, own)
    except TooLarge as error:
        raise Refused(413, str(error)) from error
    except Unreadable as error:
        raise Refused(400, str(error)) from error


async def keep(letter: Letter, take: Take) -> None:
    try:
        async with asyncio.timeout(TAKE_SECONDS):
            await take(letter)
    except Exception as error:  # whatever broke: who has the message keeps it
        log.exception("mail_not_kept", kind=letter.kind)
        raise Refused(503, "The message could not be kept; send it again.") from error


def answer(status: int, said: str) -> Response:
    response = Response(said + "\n", status, content_type="text/plain; charset=utf-8")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response
