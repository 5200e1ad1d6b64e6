"""The pages of files: what is fetched for a link, what a browser is told of it, and what is said if there is none."""

import asyncio
import gzip
from datetime import timedelta

import httpx
import pytest

from ivr import file_pages, file_sources
from ivr.file_pages import ONE_PART, headers_of
from ivr.file_sources import LARGEST, Fetched, FileTooLarge
from ivr.files import VALID
from tests.ivr.far_files import CONTENT, DESK, PDF, PICTURE, SID, TOKEN, Body, Far, Pages
from tests.ivr.swarms import House


async def test_what_the_link_names_is_fetched_with_our_credentials_and_no_login(pages: Pages, far: Far) -> None:
    message = await pages.keeps((PICTURE, "image/jpeg"), (PDF, "application/pdf"))
    answer = await pages.get(pages.links.to(message, 1))
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert far.addresses == [PDF]
    assert far.asked[0].headers["Authorization"] == httpx.BasicAuth(SID, TOKEN)._auth_header
    assert answer.headers["Content-Disposition"] == f'attachment; filename="file-{message}-2.pdf"'
    assert "Set-Cookie" not in answer.headers
    assert not pages.transport.crashes


async def test_a_forged_link_is_answered_with_what_to_do(pages: Pages, far: Far) -> None:
    for token in ("x", "WzEsMF0", "a.b.c", "%00", "%F0%9F%98%80", "%ED%A0%80"):
        answer = await pages.get(f"{DESK}/files/{token}")
        assert answer.status_code == 404, token
        assert "ask the desk for the file" in answer.text and "demandez le fichier" in answer.text
    assert not far.asked and not pages.transport.crashes


async def test_an_expired_link_is_answered_with_what_to_do(pages: Pages, far: Far) -> None:
    link = await pages.linked()
    pages.now += VALID + timedelta(seconds=1)
    answer = await pages.get(link)
    assert answer.status_code == 410
    assert "This link has expired" in answer.text and "Ce lien a expiré" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not far.asked


async def test_only_files_that_a_message_came_with_can_be_asked_for(pages: Pages, far: Far) -> None:
    message = await pages.keeps((PICTURE, "image/jpeg"))
    for named in ((message, 1), (message + 1, 0)):
        assert (await pages.get(pages.links.to(*named))).status_code == 404
    assert not far.asked


async def test_while_the_database_is_away_the_page_says_to_try_again(pages: Pages) -> None:
    link = await pages.linked()
    await pages.house.pool.close()
    answer = await pages.get(link)
    assert answer.status_code == 503
    assert "Try again" in answer.text


class Shelf:
    """Files that are kept elsewhere than at Twilio."""

    def holds(self, address: str) -> bool:
        return address.startswith("mail:")

    async def fetch(self, address: str, part: str = "") -> Fetched:
        body = Body([b"of ", address.encode()])
        return Fetched(aiter(body), body.aclose)


async def test_other_places_may_keep_files_too(house: House, far: Far) -> None:
    pages = Pages(house, far, Shelf())
    answer = await pages.get(await pages.linked("mail:7", "application/pdf"))
    assert (answer.status_code, answer.content) == (200, b"of mail:7")
    assert not far.asked
    await pages.twilio.close()


# What goes wrong there.


NOT_GIVEN: list[tuple[int, dict[str, str], int, str]] = [
    (500, {}, 502, "Try again"),
    (429, {}, 502, "Try again"),
    (401, {}, 502, "Try again"),
    (204, {}, 502, "Try again"),
    (404, {}, 404, "no longer kept"),
    (410, {}, 404, "no longer kept"),
    (200, {"Content-Length": str(LARGEST + 1)}, 502, "too large"),
    (206, {"Content-Range": f"bytes 0-1/{LARGEST + 1}"}, 502, "too large"),
]


async def test_what_twilio_does_not_give(pages: Pages, far: Far) -> None:
    link = await pages.linked()
    for there, headers, here, words in NOT_GIVEN:
        body = Body([b"not for us"])
        far.answers = {PICTURE: httpx.Response(there, headers=headers, stream=body)}
        answer = await pages.get(link)
        assert (answer.status_code, words in answer.text) == (here, True), (there, headers)
        assert "not for us" not in answer.text
        assert body.closed
    assert not pages.transport.crashes


async def test_while_twilio_is_away_the_page_says_to_try_again(pages: Pages, far: Far) -> None:
    link = await pages.linked()
    for why in (httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.PoolTimeout("many")):
        far.answers = {PICTURE: why}
        answer = await pages.get(link)
        assert (answer.status_code, "Try again" in answer.text) == (502, True), why
    assert not pages.transport.crashes


async def test_twilio_is_waited_for_a_while_only(pages: Pages, far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    assert file_sources.SECONDS == 10
    monkeypatch.setattr(file_sources, "SECONDS", 0.01)
    far.stalls = True
    answer = await pages.get(await pages.linked())
    assert (answer.status_code, "Try again" in answer.text) == (502, True)


@pytest.mark.parametrize("size", [LARGEST - 1, LARGEST, LARGEST + 1])
async def test_a_file_of_untold_size_is_cut_off_where_it_is_too_large(pages: Pages, far: Far, size: int) -> None:
    body = Body([b"x" * (LARGEST // 2), b"x" * (size - LARGEST // 2)])
    far.answers = {PICTURE: httpx.Response(200, stream=body)}
    answer = await pages.get(await pages.linked())
    if size <= LARGEST:
        assert (answer.status_code, len(answer.content)) == (200, size)
    else:  # whoever reads it sees that it broke off, and takes it for no whole file
        assert [type(one) for one in pages.transport.crashes] == [FileTooLarge]
    assert body.closed


async def test_who_goes_away_in_the_middle_leaves_nothing_open(pages: Pages, far: Far) -> None:
    body = Body([CONTENT], goes_on=True)
    far.answers = {PICTURE: httpx.Response(200, stream=body)}
    link = await pages.linked()
    async with pages.app.test_client().request(link.removeprefix(DESK)) as connection:
        await connection.send_complete()
        assert await connection.receive() == CONTENT
        assert not body.closed
        await connection.disconnect()
    assert body.closed


async def test_a_file_that_nobody_comes_to_read_is_closed(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_pages, "LONGEST", 0.01)
    closed = asyncio.Event()

    async def close() -> None:
        closed.set()

    passing = file_pages.Passing(Fetched(aiter(Body([])), close))
    await asyncio.wait_for(closed.wait(), 5)
    assert passing is not None


# What a browser, or Twilio, is told.


async def _closes_nothing() -> None:
    """There was nothing to close."""


SHORT = Fetched(aiter(Body([CONTENT])), _closes_nothing, len(CONTENT))


@pytest.mark.parametrize(
    ("kind", "told", "way", "ending"),
    [
        ("image/jpeg", "image/jpeg", "inline", "jpg"),
        ("IMAGE/PNG; name=x", "image/png", "inline", "png"),
        ("image/heic", "image/heic", "inline", "heic"),
        ("text/plain", "text/plain; charset=utf-8", "inline", "txt"),
        ("application/pdf", "application/pdf", "attachment", "pdf"),
        ("text/vcard", "text/vcard; charset=utf-8", "attachment", "vcf"),
        ("application/msword", "application/msword", "attachment", "doc"),
        ("text/html", "application/octet-stream", "attachment", "bin"),
        ("image/svg+xml", "application/octet-stream", "attachment", "bin"),
        ("application/xhtml+xml", "application/octet-stream", "attachment", "bin"),
        ('x"\r\nSet-Cookie: a=b', "application/octet-stream", "attachment", "bin"),
        ("", "application/octet-stream", "attachment", "bin"),
    ],
)
def test_what_a_file_is_said_to_be(kind: str, told: str, way: str, ending: str) -> None:
    headers = headers_of(SHORT, kind, "file-7-1")
    assert headers["Content-Type"] == told
    assert headers["Content-Disposition"] == f'{way}; filename="file-7-1.{ending}"'
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; ")


async def test_what_browsers_may_do_with_a_file(pages: Pages, far: Far) -> None:
    far.answers = {PICTURE: httpx.Response(200, content=b"<script>", headers={"Content-Type": "text/html"})}
    headers = (await pages.get(await pages.linked(kind="image/jpeg"))).headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "private"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("kind", ["audio/mpeg", "video/mp4"])
def test_a_browser_may_play_a_sound_or_a_film_and_still_run_nothing(kind: str) -> None:
    policy = headers_of(SHORT, kind, "file-7-1")["Content-Security-Policy"]
    assert {"sandbox allow-same-origin", "default-src 'none'", "media-src 'self'"} <= set(policy.split("; "))
    assert "script" not in policy


async def test_head_tells_the_same_and_gives_nothing(pages: Pages, far: Far) -> None:
    body = Body([CONTENT])
    link = await pages.linked()
    whole = await pages.get(link)
    far.answers = {PICTURE: httpx.Response(200, stream=body, headers={"Content-Length": str(len(CONTENT))})}
    head = await pages.get(link, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == whole.headers
    assert head.headers["Content-Length"] == str(len(CONTENT))
    assert body.closed
    assert [one.method for one in far.asked] == ["GET", "GET"]  # a signed address elsewhere may be good for GET alone
    assert (await pages.get(f"{DESK}/files/x", "HEAD")).status_code == 404


async def test_nothing_can_be_done_to_a_file(pages: Pages, far: Far) -> None:
    link = await pages.linked()
    for method in ("POST", "PUT", "DELETE"):
        assert (await pages.get(link, method)).status_code == 405
    assert not far.asked


async def test_a_player_may_ask_for_a_part(pages: Pages, far: Far) -> None:
    part = httpx.Response(206, content=CONTENT[:2], headers={"Content-Range": f"bytes 0-1/{len(CONTENT)}"})
    far.answers = {PICTURE: part}
    answer = await pages.get(await pages.linked(kind="video/mp4"), Range="bytes=0-1")
    assert (answer.status_code, answer.content) == (206, CONTENT[:2])
    assert answer.headers["Content-Range"] == f"bytes 0-1/{len(CONTENT)}"
    assert answer.headers["Content-Length"] == "2"
    assert far.asked[0].headers["Range"] == "bytes=0-1"


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "lines=1-2", "bytes=٣-", "bytes=0-1\t"])
def test_any_other_wish_for_parts_is_left_out(asked: str) -> None:
    assert not ONE_PART.fullmatch(asked)


async def test_what_came_compressed_is_given_as_it_is(pages: Pages, far: Far) -> None:
    packed = gzip.compress(CONTENT)
    far.answers = {PICTURE: httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"})}
    answer = await pages.get(await pages.linked())
    assert answer.content == CONTENT
    assert "Content-Encoding" not in answer.headers
    assert "Content-Length" not in (await pages.get(await pages.linked(), "HEAD")).headers  # what is told is another's
    assert far.asked[0].headers["Accept-Encoding"] == "identity"
