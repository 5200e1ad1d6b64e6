"""The pages of stories, asked through the application: who may read them, what they say, and in which language."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from quart import Quart

from db.pool import AWAY
from podline.app import furnish
from podline.rehearsal import BASE, SECRET_KEY
from simulator.people.story import StoryHandset
from tests.world import DIRECTORY, World, Worlds, contact_id
from web.stories import bound, who_may_frame
from web.story_links import contact_address, story_address

NO_CALL = "CA" + "0" * 32
HOSTILE = {
    **DIRECTORY,
    "clients.csv": DIRECTORY["clients.csv"].replace("Clara Whitfield", "<script>alert(1)</script>"),
    "technicians.csv": DIRECTORY["technicians.csv"].replace("Ana Ferreira", "Ana & <b>Co</b>"),
}


@pytest.fixture
def sid(world: World, caller: StoryHandset, first: StoryHandset, second: StoryHandset, line: str) -> str:
    """Of a call that Ana passed on, and Ben took."""
    caller.dials(line)
    first.rings().declines()
    second.rings().accepts()
    caller.hangs_up()
    return caller.phone.legs[-1].sid


def address(world: World, sid: str = NO_CALL) -> str:
    return story_address(BASE, SECRET_KEY, world.clock.now()).replace("{call_sid}", sid)


def own_address(world: World, sid: str) -> str:
    return contact_address(BASE, SECRET_KEY, world.clock.now(), contact_id(sid))


def get(world: World, url: str, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=world.transport) as client:
            return await client.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})

    answer: httpx.Response = world.run(ask())
    return answer


def said(answer: httpx.Response) -> str:
    """The words of a page, without its marks."""
    body = answer.text.partition("<main>")[2] or answer.text
    return " ".join(re.sub(r"<[^>]*>", " ", body).replace("&#39;", "'").replace("&#34;", '"').split())


def test_before_the_call_has_arrived_its_page_waits(world: World) -> None:
    answer = get(world, address(world))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Waiting for the call" in said(answer)


def test_the_page_tells_who_called_what_happened_and_why(world: World, sid: str) -> None:
    told = said(get(world, address(world, sid)))
    assert told.startswith("Clara Whitfield Ended: answered Municipality Taber Pod Taber Owner Ben Oduya Matter #1")
    assert "Whom we rang Ana Ferreira passed it on 09:00:00 Ben Oduya took it after" in told
    assert "09:00:00 Clara Whitfield of Taber called Support (English)." in told
    assert "Why the number is in one client's entry alone" in told
    assert "Times are those of Mountain Time." in told
    assert said(get(world, own_address(world, sid))) == told.replace(f"{sid}/", f"{contact_id(sid)}/")


def test_what_happens_within_a_second_is_one_moment(world: World, sid: str) -> None:
    text = get(world, address(world, sid)).text
    times = re.findall(r'<li id="m\d+">.*?<time[^>]*>([\d:]+)</time>', text, re.DOTALL)
    assert len(times) == len(set(times)) > 2
    assert text.count('class="day"') == 1
    assert "came after the end" not in text and "asked for nothing" not in text


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("", "de", "en"),
        ("&lang=fr", "en-CA", "fr"),
        ("&lang=en", "fr-CA", "en"),
        ("&lang=xx", "fr", "fr"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_browsers(
    world: World, query: str, accepted: str, language: str
) -> None:
    answer = get(world, address(world) + query, accept_language=accepted)
    assert f'<html lang="{language}">' in answer.text
    assert ("En attente de l'appel" if language == "fr" else "Waiting for the call") in said(answer)
    other = {"en": "fr", "fr": "en"}[language]
    assert re.search(rf'<a href="\?key=[\w.-]+&amp;lang={other}" lang="{other}"', answer.text)


def test_the_story_is_told_in_french(world: World, sid: str) -> None:
    told = said(get(world, address(world, sid) + "&lang=fr")).replace("\u00a0", " ")
    assert told.startswith("Clara Whitfield Terminé : appel pris Municipalité Taber Équipe Taber En charge Ben Oduya")
    assert "Clara Whitfield (Taber) a appelé la ligne Support (langue : anglais)." in told
    assert "heure des Rocheuses" in told


# Who may read.


def test_without_a_key_or_with_a_wrong_one_nothing_is_told(world: World, sid: str) -> None:
    right = address(world, sid)
    forged = story_address(BASE, "another secret", world.clock.now()).replace("{call_sid}", sid)
    for wrong in (right.partition("?")[0], right[:-1], right + "x", f"{BASE}/stories/call/{sid}?key=", forged):
        for url in (wrong, wrong.replace(sid, f"{sid}/now")):
            answer = get(world, url)
            assert answer.status_code == 403
            assert "This link opens nothing here" in said(answer) and "ask for a new one" in said(answer)
            assert "Whitfield" not in answer.text


def test_a_key_is_valid_for_twelve_hours(world: World, sid: str) -> None:
    made, later = address(world, sid), timedelta(hours=12)
    world.story.clock.passes(seconds=later.total_seconds() - 60)
    assert get(world, made).status_code == 200
    world.story.clock.passes(seconds=120)
    answer = get(world, made)
    assert answer.status_code == 403
    assert "This link has expired" in said(answer) and "podline story CONTACT --link" in said(answer)
    assert get(world, address(world, sid)).status_code == 200


def test_a_key_for_one_contact_opens_no_other(world: World, sid: str) -> None:
    own = own_address(world, sid)
    key = own.partition("?")[2]
    assert get(world, own).status_code == 200
    assert get(world, f"{BASE}/stories/{contact_id(sid)}/now?{key}").status_code == 200
    assert get(world, f"{BASE}/stories/call/{sid}?{key}").status_code == 200
    assert get(world, f"{BASE}/stories/{contact_id(NO_CALL)}?{key}").status_code == 403
    assert get(world, f"{BASE}/stories/call/{NO_CALL}?{key}").status_code == 403


def test_a_contact_that_is_not_kept_has_no_page(world: World) -> None:
    answer = get(world, own_address(world, NO_CALL))
    assert answer.status_code == 404
    assert "There is no such contact" in said(answer)


def test_without_a_secret_key_there_are_no_pages(world: World) -> None:
    async def ask() -> int:
        app = Quart("without", static_folder=None)
        world.house.settings = world.house.settings.model_copy(update={"secret_key": None})
        furnish(app, world.house)
        return (await app.test_client().get(address(world).removeprefix(BASE))).status_code

    assert world.run(ask()) == 404


# What a browser is told.


def test_what_browsers_may_do_with_a_page(world: World, sid: str) -> None:
    for url in (address(world, sid), address(world, sid)[:-1]):
        headers = get(world, url).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';")
        assert policy.endswith("frame-ancestors 'self'")


@pytest.mark.parametrize(
    ("public_url", "framed"),
    [
        ("https://desk.example.org", "'self'"),
        ("http://10.0.0.7:8080", "'self'"),
        ("http://127.0.0.1:8080", "'self' http://127.0.0.1:* http://localhost:*"),
        ("http://localhost:8080", "'self' http://127.0.0.1:* http://localhost:*"),
        ("http://[::1]:8080", "'self' http://127.0.0.1:* http://localhost:*"),
    ],
)
def test_other_pages_of_this_machine_may_frame_it_only_where_it_is_reached_here_alone(
    public_url: str, framed: str
) -> None:
    assert who_may_frame(public_url) == framed


def test_what_lies_beside_the_page_is_served_without_a_key(world: World, sid: str) -> None:
    page = get(world, address(world, sid))
    found = re.findall(r'(?:href|src)="(\.\./static/[^"]+)"', page.text)
    assert [one.partition("?")[0] for one in found] == ["../static/stories.css", "../static/stories.js"]
    for one in found:
        answer = get(world, f"{BASE}/stories/{one.removeprefix('../')}")
        assert (answer.status_code, answer.headers["x-content-type-options"]) == (200, "nosniff")


def test_names_and_words_can_not_become_marks(worlds: Worlds, line: str) -> None:
    world = worlds(directory=HOSTILE)
    caller, first = world.phone("+14035550120", "Clara"), world.phone("+14035550111", "Ana")
    caller.dials(line)
    first.rings().declines()
    text = get(world, address(world, caller.phone.legs[-1].sid)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; of Taber called" in text
    assert "Ana &amp; &lt;b&gt;Co&lt;/b&gt;" in text
    assert "<script>alert" not in text and "<b>" not in text


# The part that changes.


def test_the_part_that_changes_is_told_again_only_after_another_turn(
    world: World, caller: StoryHandset, first: StoryHandset, line: str
) -> None:
    now = address(world).replace(NO_CALL, NO_CALL + "/now")
    waiting = get(world, now)
    assert waiting.text.startswith('<div id="story"') and "Waiting for the call" in waiting.text
    assert get(world, now, if_none_match=waiting.headers["etag"]).status_code == 304
    caller.dials(line)
    now = now.replace(NO_CALL, caller.phone.legs[-1].sid)
    ringing = get(world, now, if_none_match=waiting.headers["etag"])
    assert (ringing.status_code, "Ringing Ana Ferreira" in said(ringing)) == (200, True)
    same = get(world, now, if_none_match=ringing.headers["etag"])
    assert (same.status_code, same.content) == (304, b"")
    assert get(world, now + "&lang=fr", if_none_match=ringing.headers["etag"]).status_code == 200
    first.rings().accepts()
    taken = get(world, now, if_none_match=ringing.headers["etag"])
    assert (taken.status_code, "On the line: Ana Ferreira" in said(taken)) == (200, True)


def test_while_the_database_is_away_the_page_says_so(world: World, sid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def acquire(self) -> Any:
            raise AWAY[0]("gone")

    monkeypatch.setattr(world.house.desk, "pool", Gone())
    answer = get(world, address(world, sid))
    monkeypatch.undo()
    assert answer.status_code == 503
    assert "The story can't be read just now" in said(answer)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("talked for 2 min 50 s", "talked for 2~min~50~s"),
        ("a parlé 5 s.", "a parlé 5~s."),
        ("d'ici mar. 10 h 02", "d'ici mar. 10~h~02"),
        ("Rang Ana 7 seconds, 3 people", "Rang Ana 7 seconds, 3 people"),
    ],
)
def test_a_number_stays_on_one_line_with_its_unit(said: str, shown: str) -> None:
    assert bound(said) == shown.replace("~", "\N{NO-BREAK SPACE}")
