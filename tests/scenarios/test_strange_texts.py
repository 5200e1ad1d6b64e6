"""What people and machines send that nobody expects: clear behaviour, and nothing lost."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest

from simulator.people.story import StoryClock, StoryHandset
from simulator.webhooks.signing import signature
from tests.world import BASE, SID, TOKEN, Reader, World

CLARA, ANA = "+14035550120", "+14035550111"
SOON = 150  # seconds: a text of which nothing is known is looked for after a minute
INCOMING = f"{BASE}/messages/incoming"


def form(sid: str, line: str, **changed: str) -> dict[str, str]:
    """A text as Twilio tells of it (twilio.md 6.1)."""
    told = {
        "MessageSid": sid,
        "SmsSid": sid,
        "AccountSid": SID,
        "From": CLARA,
        "To": line,
        "Body": "Hello",
        "NumMedia": "0",
    }
    return {**told, **changed}


def test_an_empty_text_is_given_as_one(caller: StoryHandset, first: StoryHandset, line: str) -> None:
    caller.sends_text(line, "")
    first.got_text("(An empty text.)", within=SOON)


def test_a_technician_who_answers_with_nothing_is_told(caller: StoryHandset, first: StoryHandset, line: str) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll", within=SOON)
    first.sends_text(line, "#1 ").got_text("nothing in that text", within=SOON)
    caller.got_no_text()


def test_ten_files_and_types_that_nobody_takes_come_as_links(world: World, first: StoryHandset, line: str) -> None:
    kinds = [*["image/jpeg"] * 8, "application/x-msdownload", "application/octet-stream"]
    media = {f"MediaUrl{place}": f"https://api.twilio.com/m/{place}" for place in range(len(kinds))}
    media |= {f"MediaContentType{place}": kind for place, kind in enumerate(kinds)}
    answer = world.post(INCOMING, form("MM1", line, Body="", NumMedia="10", **media))
    assert answer.status_code == 200
    first.got_text("/files/", within=SOON)
    (given,) = [one.body for one in first.texts if "/files/" in one.body]
    assert given.count("/files/") == len(kinds)


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def media(*kinds: str) -> dict[str, str]:
    told = {f"MediaUrl{place}": f"https://api.twilio.com/m/{place}" for place in range(len(kinds))}
    return {
        **told,
        **{f"MediaContentType{place}": kind for place, kind in enumerate(kinds)},
        "NumMedia": str(len(kinds)),
    }


def test_a_technicians_file_that_no_telephone_shows_is_not_passed_on_and_they_are_told_so(
    world: World, caller: StoryHandset, first: StoryHandset, desk: Reader, line: str
) -> None:
    caller.sends_text(line, "Please send me the form")
    first.got_text("the form", within=SOON)
    world.post(INCOMING, form("MM2", line, From=ANA, Body="#1 Here it is", **media(SHEET)))
    caller.got_text("Here it is", within=SOON)
    (text,) = [one for one in caller.texts if "Here it is" in one.body]
    assert text.media == ()
    told = "#1: the client did not get xlsx, which no telephone shows. Please send it as JPEG or PDF, or by e-mail."
    first.got_text(f"{told} Your words have gone.", within=SOON)
    (said,) = [one for one in desk.thread(CLARA)["events"] if one["kind"] == "text_in" and one["technician"]]
    assert said["detail"] == {"words": "Here it is", "files": 1, "unfit": "xlsx"}


def test_such_a_file_without_a_word_is_no_answer(
    world: World, caller: StoryHandset, first: StoryHandset, desk: Reader, line: str
) -> None:
    caller.sends_text(line, "Please send me the form")
    first.got_text("the form", within=SOON)
    world.post(INCOMING, form("MM2", line, From=ANA, Body="#1", **media(SHEET)))
    first.got_text("#1: the client did not get xlsx, which no telephone shows.", within=SOON)
    caller.got_no_text()
    assert [one["kept_at"] for one in desk.query("SELECT kept_at FROM promises")] == [None]


def test_sixteen_hundred_emoji_arrive_whole_and_in_order(
    caller: StoryHandset, first: StoryHandset, clock: StoryClock, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll", within=SOON)
    animals = "".join(("🐄", "🐖", "🐓")[place % 3] for place in range(1597))
    first.sends_text(line, f"#1 {animals}")
    clock.passes(minutes=10)
    assert "".join(one.body for one in caller.texts) == animals


def test_text_from_right_to_left_and_control_characters(
    world: World, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    caller.sends_text(line, "شكرا جزيلا \u200f(تابر)")
    first.got_text("شكرا جزيلا \u200f(تابر)", within=SOON)
    world.post(INCOMING, form("SM3", line, Body="one\x00 two\x07\r\nthree"))
    first.got_text("one two\nthree", within=SOON)


def test_a_forged_technicians_number_on_an_unsigned_request_changes_nothing(
    world: World, caller: StoryHandset, first: StoryHandset, desk: Reader, line: str
) -> None:
    caller.sends_text(line, "Our tax roll is broken")
    first.got_text("Our tax roll", within=SOON)
    answer = world.post(INCOMING, form("SM4", line, From=ANA, Body="close #1"), token="guessed")
    assert answer.status_code == 403
    assert desk.query("SELECT state FROM matters")[0]["state"] == "open"
    assert not desk.query("SELECT FROM messages WHERE provider_sid = 'SM4'")


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
def test_a_text_that_lacks_what_every_text_has_is_refused_in_words(world: World, line: str, missing: str) -> None:
    told = {name: value for name, value in form("SM5", line).items() if name != missing}
    answer = world.post(INCOMING, told)
    assert answer.status_code == 400
    assert missing in answer.text


def test_two_identical_texts_at_once_are_one(world: World, first: StoryHandset, desk: Reader, line: str) -> None:
    async def both() -> list[Any]:
        told = form("SM6", line)
        sent = {"X-Twilio-Signature": signature(TOKEN, INCOMING, told.items())}
        body = urlencode(told).encode()
        return list(await asyncio.gather(*(world._post(INCOMING, body, sent) for _ in range(4))))

    answers = world.run(both())
    assert [one.status_code for one in answers] == [200] * 4
    first.got_text("Hello", within=SOON)
    assert len([one for one in first.texts if "Hello" in one.body]) == 1
    assert desk.query("SELECT count(*) AS kept FROM messages WHERE direction = 'in'")[0]["kept"] == 1


def test_whatsapp_is_answered_on_whatsapp_and_nothing_is_begun_there(
    world: World, first: StoryHandset, desk: Reader, line: str
) -> None:
    world.post(INCOMING, form("SM7", f"whatsapp:{line}", From=f"whatsapp:{CLARA}", Body="Our tax roll is broken"))
    first.got_text("#1 Taber, Clara Whitfield: Our tax roll is broken", within=SOON)
    first.sends_text(line, "#1 I am on it")
    world.story.clock.passes(minutes=3)
    sent = desk.query("SELECT peer, line FROM messages WHERE party = 'client' AND direction = 'out'")
    assert [(one["peer"], one["line"]) for one in sent] == [(f"whatsapp:{CLARA}", line)]
    assert desk.thread(f"whatsapp:{CLARA}")["to_number"] == f"whatsapp:{line}"


PAGE, CLARAS_PAGE = "messenger:100200", "messenger:700800"


@pytest.mark.parametrize("word", ["STOP", "Arrêt"])
@pytest.mark.parametrize(
    ("peer", "ours", "number"),
    [(CLARAS_PAGE, PAGE, CLARAS_PAGE), (f"whatsapp:{CLARA}", "", CLARA), (f"rcs:{CLARA}", "", CLARA)],
)
def test_an_opt_out_on_another_channel_is_kept_and_seen_when_they_write_again(
    world: World, first: StoryHandset, desk: Reader, line: str, word: str, peer: str, ours: str, number: str
) -> None:
    """Of whom we know a number, it is the person's, whatever they write by; else it is the address's."""
    to = ours or f"{peer.partition(':')[0]}:{line}"
    sent = "SELECT count(*) AS sent FROM messages WHERE direction = 'out' AND party = 'client'"
    world.post(INCOMING, form("SM1", to, From=peer, Body=word))
    world.story.clock.passes(minutes=3)
    assert [one["number"] for one in desk.query("SELECT number FROM opt_outs")] == [number]
    answered = desk.query(sent)[0]["sent"]
    assert answered == (0 if peer.startswith("rcs:") and word == "STOP" else 1), "once, or by Twilio"
    world.post(INCOMING, form("SM2", to, From=peer, Body=word))
    world.post(INCOMING, form("SM3", to, From=peer, Body="Our tax roll is broken"))
    first.got_text("(Wants no texts: please phone them.)", within=SOON)
    first.sends_text(line, "#1 I am on it").got_text("they want no texts", within=SOON)
    world.story.clock.passes(minutes=3)
    assert desk.query(sent)[0]["sent"] == answered, "nothing after it"
    world.post(INCOMING, form("SM4", to, From=peer, Body="START"))
    assert desk.query("SELECT FROM opt_outs") == []


def test_help_is_answered_once_on_a_toll_free_line_and_never_beside_a_messaging_service(
    world: World, desk: Reader, line: str
) -> None:
    """There Twilio answers STOP, START and UNSTOP alone (twilio.md 6.6); what a service has answered, it says."""
    sent = "SELECT count(*) AS sent FROM messages WHERE direction = 'out' AND party = 'client'"
    world.post(INCOMING, form("SM1", "+18005550123", Body="HELP"))
    assert desk.query(sent)[0]["sent"] == 1
    world.post(INCOMING, form("SM2", "+18005550123", Body="HELP", OptOutType="HELP"))
    world.post(INCOMING, form("SM3", line, Body="HELP", OptOutType="HELP"))
    world.post(INCOMING, form("SM4", line, Body="HELP"))
    assert desk.query(sent)[0]["sent"] == 1


def test_a_place_or_a_button_without_words_is_given_as_words(world: World, first: StoryHandset, line: str) -> None:
    told = {"Latitude": "49.78", "Longitude": "-112.15", "Label": "Town office", "Address": "5420 50 St"}
    there = {"From": f"whatsapp:{CLARA}", "Body": ""}
    world.post(INCOMING, form("SM10", f"whatsapp:{line}", **there, **told))
    first.got_text("Town office, 5420 50 St, 49.78, -112.15", within=SOON)
    world.post(INCOMING, form("SM11", f"whatsapp:{line}", **there, ButtonText="Yes, please"))
    first.got_text("Yes, please", within=SOON)


@pytest.mark.parametrize("deed", ["9" * 23, "²", "-1", ""])
def test_a_report_on_no_text_of_ours_is_refused(world: World, deed: str) -> None:
    told = {"MessageSid": "SM12", "MessageStatus": "delivered", "AccountSid": SID}
    assert world.post(f"{BASE}/messages/status?{urlencode({'d': deed})}", told).status_code == 400
