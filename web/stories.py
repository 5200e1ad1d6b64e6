"""The story of a call as a page, in every language that we tell it in, which grows while the call goes on.

A page holds no connection: its script asks for the story anew, and the answer is "not modified" until another turn was
taken. Whoever has an address with a key may read it (`web.story_links`); all that is shown comes from `telling`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from ipaddress import ip_address
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import asyncpg
from quart import Blueprint, Response, render_template, request, send_from_directory

from callflows.contact import contact_id
from db.desk import Desk
from db.pool import AWAY
from db.stories import Story, find_edition, find_story
from telling.names import Names, names_now
from telling.story import places_named, tell, without_bookkeeping
from telling.summary import Summary, summary
from telling.words import Words, all_words, words
from web.story_links import EVERY_STORY, BadKey, ExpiredKey, scope_of

# Asked again after so many seconds, while the call goes on and when it is over.
OFTEN, SELDOM = 1, 5
HTML = "text/html; charset=utf-8"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)
STATIC = Path(__file__).parent / "static"
KEPT = 86_400  # seconds, in a browser; their addresses change with them
# Between a number and its unit, as in "2 min 50 s" and "10 h 02".
WITHIN_A_TIME = re.compile(r"(?<=\d) (?=(?:s|min|h)\b)|(?<=\d min) (?=\d)|(?<=\d h) (?=\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened within one second; `day` only where it isn't that of the moment before."""

    key: str
    day: str
    clock: str
    at: str
    happened: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A story as its page has it. `rung`: each ring's summary with the time of day."""

    contact: str
    summary: Summary
    moments: tuple[Moment, ...]
    clocks: tuple[str, ...]
    zone: str


def stories_blueprint(desk: Desk, clock: Callable[[], datetime], secret_key: str, public_url: str) -> Blueprint:
    pages = Blueprint("stories", __name__, url_prefix="/stories", template_folder="templates")
    policy = f"{POLICY}; frame-ancestors {who_may_frame(public_url)}"

    @pages.before_request
    async def authorise() -> Response | None:
        named = request.view_args or {}
        if "filename" in named:
            return None
        try:
            scope = scope_of(request.args.get("key", ""), secret_key, clock())
        except ExpiredKey:
            return await said("expired", 403)
        except BadKey:
            return await said("refused", 403)
        contact = named["contact"] if "contact" in named else contact_id(named["call_sid"])
        return None if scope in (EVERY_STORY, contact) else await said("refused", 403)

    @pages.after_request
    async def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Robots-Tag"] = "noindex"
        if "filename" not in (request.view_args or {}):
            response.headers["Cache-Control"] = "no-store"
        return response

    @pages.errorhandler(asyncpg.PostgresError)
    async def away(error: Exception) -> Response:
        return await said("away", 503)

    for each in AWAY:
        pages.register_error_handler(each, away)
    pages.add_app_template_filter(bound)
    add_pages(pages, desk)
    return pages


def add_pages(pages: Blueprint, desk: Desk) -> None:
    """Each as a whole, and the part of it that changes."""

    @pages.get("/static/<filename>")
    async def get_static(filename: str) -> Response:
        return await send_from_directory(STATIC, filename, cache_timeout=KEPT)

    @pages.get("/call/<call_sid>")
    async def get_call(call_sid: str) -> Response:
        return await answer(desk, contact_id(call_sid), waits=True, part=False)

    @pages.get("/call/<call_sid>/now")
    async def get_call_now(call_sid: str) -> Response:
        return await answer(desk, contact_id(call_sid), waits=True, part=True)

    @pages.get("/<contact>")
    async def get_contact(contact: str) -> Response:
        return await answer(desk, contact, waits=False, part=False)

    @pages.get("/<contact>/now")
    async def get_contact_now(contact: str) -> Response:
        return await answer(desk, contact, waits=False, part=True)


def who_may_frame(public_url: str) -> str:
    """Whose pages may show ours within theirs. Where we are reached on this machine alone, all of this machine's."""
    host = urlsplit(public_url).hostname or ""
    try:
        local = ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    return "'self' http://127.0.0.1:* http://localhost:*" if local else "'self'"


async def answer(desk: Desk, contact: str, *, waits: bool, part: bool) -> Response:
    """`waits`: for a call of which nothing may be known yet. `part`: only what changes, and only if it has."""
    language = language_asked()
    async with desk.pool.acquire() as connection:
        known = await find_edition(connection, contact)
        tag = f'"{contact}.{known}.{language.code}"'
        if part and request.headers.get("If-None-Match") == tag:
            return Response(status=304, headers={"ETag": tag})
        story = await find_story(connection, contact) if known is not None else None
    if story is None and not waits:
        return await said("missing", 404)
    if story is not None:
        await desk.refresh()
        language = words(language.code, story.row["channel"])
    shown = show(desk, story, language) if story else None
    every = SELDOM if shown and shown.summary.standing == "over" else OFTEN
    told = {"shown": shown, "words": language, "tag": tag, "every": every}
    if part:
        return Response(await render_template("stories/story.html", **told), content_type=HTML, headers={"ETag": tag})
    return await page_of("stories/page.html", language, **told)


async def said(known: str, status: int) -> Response:
    """A page that says what is the matter and what to do."""
    language = language_asked()
    response = await page_of("stories/said.html", language, known=known)
    response.status_code = status
    return response


async def page_of(template: str, language: Words, **told: object) -> Response:
    up = "../" * (request.path.rstrip("/").count("/") - 2)  # relative, so that it holds behind a prefix as well
    choices = [(one.code, one.language["name"]) for one in all_words().values()]
    told = {
        **told,
        "words": language,
        "choices": choices,
        "up": up,
        "edition": edition(),
        "key": request.args.get("key", ""),
    }
    return Response(await render_template(template, **told), content_type=HTML)


def bound(said: str) -> str:
    """A number stays on one line with its unit."""
    return WITHIN_A_TIME.sub("\N{NO-BREAK SPACE}", said)


@cache
def edition() -> str:
    """Of the files beside the pages, so that a browser keeps none of an older release."""
    return sha256(b"".join(path.read_bytes() for path in sorted(STATIC.glob("stories.*")))).hexdigest()[:12]


def language_asked() -> Words:
    """`?lang=`, else what the browser prefers."""
    known = list(all_words())
    asked = request.args.get("lang", "")
    return words(asked if asked in known else request.accept_languages.best_match(known, words().code))


def show(desk: Desk, story: Story, language: Words) -> Shown:
    names = names_now(desk.directory, story.row, places_named(story.reasons), language.code)
    told = summary(story.row, story.events, names, story.promises)
    zone = ZoneInfo(names.zone)
    clocks = tuple(language.instant("clock", one.at.astimezone(zone)) for one in told.rung)
    return Shown(story.row["contact"], told, tuple(moments_of(story, names)), clocks, language.zone(names.zone))


def moments_of(story: Story, names: Names) -> Sequence[Moment]:
    zone, moments, before = ZoneInfo(names.zone), [], ""
    told = tell(story.row, story.events, names, without_bookkeeping(story.reasons))
    for at, within in groupby(told, lambda one: one.at.astimezone(zone).replace(microsecond=0)):
        same = list(within)
        day, clock = names.words.instant("day", at), names.words.instant("clock", at)
        happened = tuple(sentence for one in same for sentence in one.happened)
        why = tuple(dict.fromkeys(sentence for one in same for sentence in one.why))
        shown_day, before = "" if day == before else day, day
        moments.append(Moment(f"m{at.timestamp():.0f}", shown_day, clock, at.isoformat(), happened, why))
    return moments
