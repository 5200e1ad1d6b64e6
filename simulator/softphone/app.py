"""The softphone and the REST API as one ASGI application: the page at /, its feed and its deeds below it, and Twilio's
paths (which begin with a date or a version) as they are."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from quart import Quart, Response, jsonify, request, websocket
from werkzeug.datastructures import Headers
from werkzeug.exceptions import NotFound

from simulator.softphone.deeds import Deeds, NotDone
from simulator.softphone.feed import Feed
from simulator.softphone.people import Person
from simulator.softphone.rest_log import RestLog

if TYPE_CHECKING:
    from simulator.asgi import Asgi
    from simulator.exchange import Exchange

PAGE = Path(__file__).parent / "page"
_KINDS = {".html": "html", ".css": "css", ".js": "javascript"}
_PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")  # that a browser shows and that hold no script
_TWILIOS = re.compile(r"/(\d{4}-\d\d-\d\d|v\d)(/|$)")


class Softphone:
    """`rest` is the REST API of the same exchange. `story_page` gives the address of the page that tells a call's
    story, with {call_sid} in it; empty: there is none. Only a browser of this machine, or one that names us by an IP
    address, is let in, and only pages of ours may ask for something."""

    def __init__(
        self, exchange: Exchange, people: Sequence[Person], rest: Asgi, story_page: Callable[[], str] = lambda: ""
    ) -> None:
        self._exchange, self._story_page = exchange, story_page
        self.feed = Feed(exchange, people)
        self._deeds = Deeds(exchange, self.feed)
        self._rest = RestLog(rest, exchange, self.feed)
        self.app = Quart("simulator.softphone", static_folder=None)
        self._files = {file.name: file.read_bytes() for file in PAGE.iterdir()}
        self._routes()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and _TWILIOS.match(scope["path"]):
            await self._rest(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _routes(self) -> None:
        app = self.app
        app.before_request(_let_in)
        app.before_websocket(_let_in_socket)
        app.after_request(self._guards)

        @app.get("/")
        async def index() -> Response:
            return self._file("index.html")

        @app.get("/page/<name>")
        async def file(name: str) -> Response:
            return self._file(name)

        @app.get("/files/<sid>")
        async def file_of_text(sid: str) -> Response:
            """A picture as it is; whatever else somebody sends is only to be kept."""
            found = self.feed.files.get(sid)
            if found is None:
                raise NotFound
            kept = {} if found.content_type in _PICTURES else {"Content-Disposition": "attachment"}
            return Response(found.content, content_type=found.content_type, headers=kept)

        @app.post("/deeds/<name>")
        async def deed(name: str) -> tuple[Response, int]:
            given = await request.get_json(force=True, silent=True)
            if name not in self._deeds.all or not isinstance(given, dict):
                return jsonify(code="deed", sentence=f"There is no deed {name}."), 404
            try:
                return jsonify(self._deeds.all[name](given)), 200
            except NotDone as refused:
                return jsonify(code=refused.code, sentence=str(refused)), 409

        @app.websocket("/feed")
        async def feed() -> None:
            is_first = True
            async for items in self.feed.follows():
                said = {"items": items} | (self._setting() if is_first else {})
                is_first = False
                await websocket.send(json.dumps(said))

        @app.after_serving
        async def ended() -> None:
            self.feed.close()

    def _file(self, name: str) -> Response:
        if name not in self._files:
            raise NotFound
        kind = f"text/{_KINDS[Path(name).suffix]}; charset=utf-8"
        return Response(self._files[name], content_type=kind, headers={"Cache-Control": "no-cache"})

    def _setting(self) -> dict[str, Any]:
        """What a page is told first, beside all items."""
        lines = [{"number": one.phone_number, "name": one.friendly_name} for one in self._exchange.numbers.values()]
        now = self._exchange.clock.now().timestamp()
        return {"all": True, "now": now, "lines": lines, "story": self._story_page()}

    async def _guards(self, response: Response) -> Response:
        story = urlsplit(self._story_page())
        frames = f"{story.scheme}://{story.netloc}" if story.netloc else "'none'"
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            f"frame-src {frames}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


async def _let_in() -> tuple[Response, int] | None:
    told = _why_not(request.headers, needs_origin=request.method not in ("GET", "HEAD"))
    return (jsonify(code="origin", sentence=told), 403) if told else None


async def _let_in_socket() -> tuple[str, int] | None:
    told = _why_not(websocket.headers, needs_origin=True)
    return (told, 403) if told else None


def _why_not(headers: Headers, *, needs_origin: bool) -> str:
    """A name that somebody else's DNS could give to this machine is refused, and so is another site's page."""
    host = headers.get("Host", "")
    if not is_ours(host):
        return f"The softphone is not known as {host}: use localhost or the machine's IP address."
    origin = headers.get("Origin")
    if (needs_origin or origin is not None) and urlsplit(origin or "").netloc != host:
        return "Only the softphone's own page may ask this."
    return ""


def is_ours(host: str) -> bool:
    """Of a Host header: localhost or an IP address, with or without a port."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
    return True
