"""`POST /mail/incoming`: who may bring letters, in which forms, and what they are told."""

import asyncio
from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from quart import Quart
from quart.typing import TestClientProtocol as Client
from werkzeug.datastructures import FileStorage, Headers

from mail import routes
from mail.key import holds
from mail.letter import Letter
from mail.reading import LARGEST
from mail.routes import LARGEST_BODY, PLACE, RoomyRequest, blueprint
from tests.mail.letters import HEAD, letter

KEY = "a key: for tests"
BEARER = f"Bearer {KEY}"
BASIC = "Basic " + b64encode(f"anybody:{KEY}".encode()).decode()


class Post:
    """The application with the mail's place alone, and what it took."""

    def __init__(self, key: str = KEY, broken: Exception | None = None, is_slow: bool = False) -> None:
        self.taken: list[Letter] = []
        self.broken = broken
        self.is_slow = is_slow
        self.app = Quart(__name__)
        self.app.request_class = RoomyRequest
        self.app.config["MAX_CONTENT_LENGTH"] = 64 * 1024  # as the webhooks'
        self.app.register_blueprint(blueprint(key, HEAD, self.take))

    @property
    def client(self) -> Client:
        return self.app.test_client()

    async def take(self, letter: Letter) -> None:
        if self.broken:
            raise self.broken
        if self.is_slow:
            await asyncio.Event().wait()
        self.taken.append(letter)

    async def brings(self, octets: bytes, kind: str = "message/rfc822", authorization: str = BEARER) -> tuple[int, str]:
        headers = Headers({"Content-Type": kind} if kind else {})
        if authorization:
            headers["Authorization"] = authorization
        told = await self.client.post(PLACE, data=octets, headers=headers)
        return told.status_code, (await told.get_data(as_text=True)).strip()


@pytest.mark.parametrize("kind", ["message/rfc822", "application/octet-stream", "Message/RFC822; charset=utf-8"])
async def test_a_message_is_taken(kind: str) -> None:
    post = Post()
    assert await post.brings(letter(), kind) == (202, "Taken.")
    assert [one.text for one in post.taken] == ["The pump is dead."]


@pytest.mark.parametrize("kind", ["auto_reply", "loop"])
async def test_what_a_machine_wrote_is_taken_as_well(kind: str) -> None:
    post = Post()
    field = {"auto_reply": "Auto-Submitted: auto-replied", "loop": "X-Podline-Matter: 1"}[kind]
    assert (await post.brings(letter(field)))[0] == 202
    assert [one.kind for one in post.taken] == [kind]


async def test_a_repeat_is_answered_alike_and_is_the_same_letter() -> None:
    post = Post()
    answers = [await post.brings(letter()) for _ in range(2)]
    assert answers[0] == answers[1]
    assert post.taken[0] == post.taken[1]


@pytest.mark.parametrize("name", ["email", "message", "body-mime"])
async def test_a_provider_brings_it_in_a_form(name: str) -> None:
    post = Post()
    files: Any = {name: FileStorage(stream=BytesIO(letter(body="Ça coule")), filename="a.eml")}
    told = await post.client.post(PLACE, files=files, headers={"Authorization": BASIC})
    assert told.status_code == 202
    form = {name: letter(body="Ça coule").decode(), "from": "x"}
    told = await post.client.post(
        PLACE,
        data=_multipart(form),
        headers={"Authorization": BASIC, "Content-Type": "multipart/form-data; boundary=F"},
    )
    assert told.status_code == 202
    assert [one.text for one in post.taken] == ["Ça coule", "Ça coule"]


async def test_a_large_letter_is_taken_though_other_places_take_little() -> None:
    post = Post()
    large = letter(body="water\r\n" * 200_000)
    assert (await post.brings(large))[0] == 202
    kind = "multipart/form-data; boundary=F"
    assert (await post.brings(_multipart({"email": large.decode()}), kind))[0] == 202
    assert len(post.taken) == 2
    other = await post.client.post("/elsewhere", data=large)
    assert other.status_code in (404, 413)


REFUSED = {
    "no key": (401, letter(), "message/rfc822", ""),
    "a wrong key": (401, letter(), "message/rfc822", "Bearer other"),
    "an unknown way": (401, letter(), "message/rfc822", f"Digest {KEY}"),
    "a form of words": (415, letter(), "application/x-www-form-urlencoded", BEARER),
    "text": (415, letter(), "text/plain", BEARER),
    "nothing said": (415, letter(), "", BEARER),
    "no message": (400, b"hello", "message/rfc822", BEARER),
    "nothing": (400, b" ", "message/rfc822", BEARER),
    "a form without it": (400, b"--F\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--F--\r\n",
                          "multipart/form-data; boundary=F", BEARER),
    "a form that is none": (400, b"hello", "multipart/form-data; boundary=F", BEARER),
    "a form without boundary": (400, b"hello", "multipart/form-data", BEARER),
    "too many lines": (413, letter(body="\n" * 700_000), "message/rfc822", BEARER),
    "too large a message": (413, letter(body="x" * LARGEST), "message/rfc822", BEARER),
    "too large a request": (413, b"x" * (LARGEST_BODY + 1), "message/rfc822", BEARER),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_is_told_why_in_a_sentence(name: str) -> None:
    status, octets, kind, authorization = REFUSED[name]
    post = Post()
    told = await post.brings(octets, kind, authorization)
    assert told[0] == status, told
    assert told[1].endswith(".") and KEY not in told[1]
    assert not post.taken


async def test_without_a_key_of_ours_there_is_no_such_place() -> None:
    assert (await Post(key="").brings(letter()))[0] == 404
    assert (await Post(key="").brings(letter(), authorization="Bearer "))[0] == 404


async def test_only_post_is_understood() -> None:
    assert (await Post().client.get(PLACE)).status_code == 405


async def test_the_key_is_asked_for_as_http_asks() -> None:
    told = await Post().client.post(PLACE, data=b"")
    assert told.headers["WWW-Authenticate"] == "Bearer"


async def test_what_could_not_be_kept_is_asked_for_again() -> None:
    post = Post(broken=ConnectionError("the database is away"))
    status, said = await post.brings(letter())
    assert (status, "database" in said) == (503, False)


async def test_what_takes_too_long_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "TAKE_SECONDS", 0.01)
    assert (await Post(is_slow=True).brings(letter()))[0] == 503


@pytest.mark.parametrize("given", [BEARER, f"bearer  {KEY}", BASIC, "basic " + b64encode(f":{KEY}".encode()).decode()])
def test_who_has_the_key(given: str) -> None:
    assert holds(given, KEY)


@pytest.mark.parametrize(
    "given",
    [
        *("", KEY, "Bearer", "Bearer ", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Basic {KEY}", "Basic !!", "Basic é"),
        *("Bearer \udc80", *("Basic " + b64encode(one.encode()).decode() for one in (KEY, f"{KEY}:"))),
    ],
)
def test_who_has_not(given: str) -> None:
    assert not holds(given, KEY)
    assert not holds(given, "")


def _multipart(fields: dict[str, str]) -> bytes:
    parts = [
        f'--F\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    return "".join([*parts, "--F--\r\n"]).encode()
