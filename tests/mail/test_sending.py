"""One letter out: what certainly became of it, whatever the mail server does."""

import asyncio
from datetime import UTC, datetime

import pytest

from mail import sending
from mail.reading import read
from mail.relay import BadUrl, Relay, read_relay
from mail.sending import Busy, Outcome, Refused, Sent, Unknown, send
from mail.writing import BadLetter, Writing, write
from tests.mail.letters import HEAD
from tests.mail.smtp import Server, mail_server

WRITING = Writing(
    12, 345, "clara@taber.example", "Pump", "Try it again.\n.\n..dots", datetime(2026, 11, 3, 17, tzinfo=UTC)
)
LETTER = write(WRITING, HEAD)


async def sent_to(server: Server, letter: bytes = LETTER) -> Outcome:
    return await send(server.relay, letter, sender=HEAD.address, to=WRITING.to)


async def test_a_letter_is_taken_as_it_was_written() -> None:
    async with mail_server() as server:
        assert await sent_to(server) == Sent("250 ok 17")
    assert server.commands[:4] == [
        "EHLO desk.example",
        "MAIL FROM:<desk@desk.example>",
        "RCPT TO:<clara@taber.example>",
        "DATA",
    ]
    assert server.letters == [LETTER.replace(b"\r\n.", b"\r\n..") + b".\r\n"]
    undotted = server.letters[0].removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    assert read(undotted).whole == "Try it again.\n.\n..dots"


REFUSALS = [("MAIL", "550 no"), ("RCPT", "550 5.1.1 no such user"), ("DATA", "554 no"), ("taken", "552 too large")]


@pytest.mark.parametrize(("moment", "answer"), REFUSALS)
async def test_what_is_refused_for_good_is_not_tried_again(moment: str, answer: str) -> None:
    async with mail_server(**{moment: answer}) as server:
        assert await sent_to(server) == Refused(int(answer[:3]), answer)


LATER = [("hello", "421 too busy"), ("hello", "554 go away"), ("MAIL", "451 wait"), ("RCPT", "450 greylisted"),
         ("DATA", "451 wait"), ("taken", "452 full")]  # fmt: skip


@pytest.mark.parametrize(("moment", "answer"), LATER)
async def test_what_is_certainly_not_taken_may_be_tried_again(moment: str, answer: str) -> None:
    """A server that does not want us says nothing of the letter, even with a 5xx."""
    async with mail_server(**{moment: answer}) as server:
        outcome = await sent_to(server)
    assert isinstance(outcome, Busy) and answer in outcome.said


@pytest.mark.parametrize("moment", ["hello", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_connection_lost_before_the_text_is_certainly_not_taken(moment: str) -> None:
    async with mail_server(**{moment: ""}) as server:
        assert isinstance(await sent_to(server), Busy)
    assert not server.letters


async def test_a_connection_lost_after_the_text_leaves_its_fate_unknown() -> None:
    async with mail_server(taken="") as server:
        assert isinstance(await sent_to(server), Unknown)
    assert server.letters


@pytest.mark.parametrize(("moment", "outcome"), [("hello", Busy), ("RCPT", Busy), ("DATA", Busy), ("taken", Unknown)])
async def test_a_silent_server_is_waited_for_no_longer_than_so(
    moment: str, outcome: type[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.05)
    async with mail_server(silent=moment) as server:
        assert isinstance(await sent_to(server), outcome)


@pytest.mark.parametrize(("moment", "outcome"), [("RCPT", Busy), ("taken", Unknown)])
async def test_nor_altogether(moment: str, outcome: type[Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS_IN_ALL", 0.05)
    async with mail_server(silent=moment) as server:
        assert isinstance(await sent_to(server), outcome)


async def test_an_answer_that_no_server_gives_leaves_the_fate_unknown() -> None:
    async with mail_server(taken="what?") as server:
        assert isinstance(await sent_to(server), Unknown)


async def test_what_follows_the_answer_changes_nothing() -> None:
    async with mail_server(QUIT="") as server:
        assert await sent_to(server) == Sent("250 ok 17")


async def test_no_server_is_busy() -> None:
    async with mail_server() as server:
        relay = server.relay
    assert isinstance(await send(relay, LETTER, sender=HEAD.address, to=WRITING.to), Busy)


async def test_who_is_cancelled_leaves_no_connection_behind() -> None:
    async with mail_server(silent="taken") as server:
        sender = asyncio.create_task(sent_to(server))
        await server.has_letter.wait()
        sender.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sender


async def test_a_password_is_never_sent_in_the_clear_to_another_machine() -> None:
    async with mail_server(EHLO="250-mx\r\n250 AUTH PLAIN LOGIN") as server:
        far = Relay("localhost.", server.port, is_tls=False, user="desk", password="secret")
        assert far.needs_starttls
        outcome = await send(far, LETTER, sender=HEAD.address, to=WRITING.to)
    assert isinstance(outcome, Busy)
    assert not any(command.startswith("AUTH") for command in server.commands)


async def test_a_wrong_password_is_no_fault_of_the_letter() -> None:
    async with mail_server(EHLO="250-mx\r\n250 AUTH PLAIN", AUTH="535 5.7.8 wrong") as server:
        near = Relay("127.0.0.1", server.port, is_tls=False, user="desk", password="secret")
        outcome = await send(near, LETTER, sender=HEAD.address, to=WRITING.to)
    assert outcome == Busy("535 5.7.8 wrong")
    assert "secret" not in repr(near)


@pytest.mark.parametrize(
    "to", ["", "clara", "clara@taber.example> SIZE=9", "a@b\r\nRCPT TO:<x@y>", "élise@taber.example", "@b"]
)
async def test_an_address_that_is_none_is_never_said_to_a_server(to: str) -> None:
    async with mail_server() as server:
        with pytest.raises(BadLetter):
            await send(server.relay, LETTER, sender=HEAD.address, to=to)
    assert not server.commands


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://mail.example.org", Relay("mail.example.org", 25, is_tls=False)),
        ("smtp://localhost:2525/", Relay("localhost", 2525, is_tls=False)),
        (
            "smtp://a%40b:p%2Fq@mail.example.org",
            Relay("mail.example.org", 587, is_tls=False, user="a@b", password="p/q"),
        ),
        ("smtps://u:p@mail.example.org", Relay("mail.example.org", 465, is_tls=True, user="u", password="p")),
    ],
)
def test_the_address_of_the_mail_server(url: str, relay: Relay) -> None:
    assert read_relay(url) == relay


@pytest.mark.parametrize(
    "url",
    [
        *("mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:99999", "smtp://h:x", "smtp://[h"),
        *("smtp://u@h", "smtp://u:s3cret@h/x"),
    ],
)
def test_a_wrong_address_is_told_without_what_is_in_it(url: str) -> None:
    with pytest.raises(BadUrl) as told:
        read_relay(url)
    assert "s3cret" not in str(told.value)
