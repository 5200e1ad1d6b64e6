"""The files that came with texts, for whoever has a link (`ivr.files`): a technician's telephone, and Twilio, which
fetches what we send to a client. Each is fetched when it is asked for, and nothing of it is kept here.

No browser runs anything in a file, guesses what it is, or shows it within another page.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Self

import asyncpg
import structlog
from quart import Blueprint, Response, request
from quart.wrappers.response import ResponseBody

from db.desk import Desk
from db.messages import find_message
from db.pool import AWAY
from ivr.file_sources import Fetched, FileAway, FileGone, FileTooLarge, Source
from ivr.files import ENDINGS, FILMS, SHOWN, SOUNDS, UNKNOWN, VALID, BadLink, ExpiredLink, FileLinks, plain

log = structlog.get_logger()

LONGEST = 300.0  # seconds that a slow telephone may take
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
# A browser's player asks for its sound or film again, from a page that it makes, and must count as ours for that.
POLICY_OF_PLAYERS = f"sandbox allow-same-origin; media-src 'self'; {POLICY.removeprefix('sandbox; ')}"
ONE_PART = re.compile(r"bytes=\d*-\d*", re.ASCII)

# What is the matter and what to do, in English and in French.
SAID = {
    "unknown": (
        "This link opens nothing. See that it is whole, or ask the desk for the file.",
        "Ce lien n'ouvre rien. Vérifiez qu'il est complet, ou demandez le fichier au centre de soutien.",
    ),
    "expired": (
        f"This link has expired: it was good for {VALID.days} days. Ask the desk for the file.",
        f"Ce lien a expiré : il était valable {VALID.days} jours. Demandez le fichier au centre de soutien.",
    ),
    "gone": (
        "This file is no longer kept. Ask whoever sent it to send it again.",
        "Ce fichier n'est plus conservé. Demandez à la personne qui l'a envoyé de l'envoyer de nouveau.",
    ),
    "large": (
        "This file is too large to be passed on. Ask whoever sent it for a smaller one.",
        "Ce fichier est trop gros pour être transmis. Demandez un fichier plus petit à la personne qui l'a envoyé.",
    ),
    "away": (
        "This file can't be fetched right now. Try again in a minute.",
        "Ce fichier ne peut pas être obtenu en ce moment. Réessayez dans une minute.",
    ),
}


def blueprint(desk: Desk, links: FileLinks, sources: Sequence[Source]) -> Blueprint:
    """`sources`: all places where files may be kept; none is asked for what no message came with."""
    made = Blueprint("files", __name__, url_prefix="/files")

    @made.get("/<token>")
    async def get_file(token: str) -> Response:
        try:
            message, place = links.read(token)
        except ExpiredLink:
            return said("expired", 410)
        except BadLink:
            return said("unknown", 404)
        async with desk.pool.acquire() as connection:
            found = await find_message(connection, message)
        if found is None or place >= len(found.files):
            return said("unknown", 404)
        address, kind = found.files[place]
        source = next((one for one in sources if one.holds(address)), None)
        if source is None:
            log.warning("file_elsewhere", message=message, place=place)
            return said("gone", 404)
        return await passed_on(source, address, kind, f"file-{message}-{place + 1}")

    @made.after_request
    async def guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @made.errorhandler(asyncpg.PostgresError)
    async def away(error: Exception) -> Response:
        return said("away", 503)

    for each in AWAY:
        made.register_error_handler(each, away)
    return made


def said(known: str, status: int) -> Response:
    english, french = SAID[known]
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Podline</title>'
        '<meta name="viewport" content="width=device-width"><body style="font: 1.2em sans-serif; margin: 2em">'
        f'<main><p>{english}</p><p lang="fr">{french}</p></main></body></html>'
    )
    return Response(page, status, {"Cache-Control": "no-store"}, content_type="text/html; charset=utf-8")


async def passed_on(source: Source, address: str, kind: str, name: str) -> Response:
    asked = request.headers.get("Range", "")
    try:
        # In parts because some telephones play no film otherwise.
        fetched = await source.fetch(address, asked if ONE_PART.fullmatch(asked) else "")
    except FileGone:
        return said("gone", 404)
    except FileTooLarge:
        return said("large", 502)
    except FileAway as error:
        log.warning("file_away", file=name, why=str(error))
        return said("away", 502)
    headers = headers_of(fetched, kind, name)
    status = 206 if fetched.part else 200
    if request.method == "HEAD":
        await fetched.close()
        response = Response("", status)
        response.headers.pop("Content-Length")
    else:
        response = Response(Passing(fetched), status)
        response.timeout = LONGEST
    response.headers.update(headers)
    return response


def headers_of(fetched: Fetched, kind: str, name: str) -> dict[str, str]:
    """`kind`: as Twilio said when it arrived; what the file says of itself is not asked."""
    known = plain(kind)
    told = known if known in ENDINGS else UNKNOWN
    way = "inline" if known in SHOWN else "attachment"
    headers = {
        "Content-Type": f"{told}; charset=utf-8" if told.startswith("text/") else told,
        "Content-Disposition": f'{way}; filename="{name}.{ENDINGS.get(known, "bin")}"',
        "Content-Security-Policy": POLICY_OF_PLAYERS if known in SOUNDS or known in FILMS else POLICY,
        "Cache-Control": "private",
    }
    if fetched.length is not None:
        headers["Content-Length"] = str(fetched.length)
    if fetched.part:
        headers["Content-Range"] = fetched.part
    return headers


class Passing(ResponseBody):
    """Read from there as it is written to here, and closed in any case: also if nobody comes to read it."""

    def __init__(self, fetched: Fetched) -> None:
        self._fetched = fetched
        self._unread = asyncio.get_running_loop().call_later(LONGEST, self._give_up)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._unread.cancel()
        await self._fetched.close()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._fetched.pieces

    def _give_up(self) -> None:
        self._closing = asyncio.ensure_future(self._fetched.close())
