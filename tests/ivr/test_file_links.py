"""Links to files: which file each opens, how long, and that nothing else opens any."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.files import ENDINGS, PASSED_ON, VALID, BadLink, ExpiredLink, FileLinks, takes, unfit
from tests.ivr.far_files import DESK, KEY
from tests.ivr.swarms import NOW


def links(now: datetime = NOW, key: str = KEY) -> FileLinks:
    return FileLinks(DESK, key, lambda: now)


def token_of(link: str) -> str:
    return link.removeprefix(f"{DESK}/files/")


@given(st.integers(1, 2**62), st.integers(0, 99))
def test_a_link_says_which_file_is_short_and_ends_with_a_letter(message: int, place: int) -> None:
    link = links().to(message, place)
    assert links().read(token_of(link)) == (message, place)
    assert link[-1].isalpha()
    assert len(token_of(link)) <= 70
    assert len(token_of(links().to(99_999, 9))) <= 42


@given(st.text())
def test_no_other_word_opens_anything(token: str) -> None:
    with pytest.raises(BadLink):
        links().read(token)


@given(st.data())
def test_a_link_that_was_changed_anywhere_opens_nothing(data: st.DataObject) -> None:
    token = token_of(links().to(12, 0))
    at = data.draw(st.integers(0, len(token)))
    until = data.draw(st.integers(at, min(at + 4, len(token))))
    other = token[:at] + data.draw(st.text(max_size=6)) + token[until:]
    if other != token:
        with pytest.raises(BadLink):
            links().read(other)


@given(st.text().filter(lambda key: key != KEY))
def test_a_link_signed_with_another_key_opens_nothing(key: str) -> None:
    with pytest.raises(BadLink):
        links().read(token_of(links(key=key).to(12, 0)))


@pytest.mark.parametrize("salt", ["podline.stories", "itsdangerous", ""])
def test_a_key_to_something_else_opens_no_file(salt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("ivr.files.SALT", salt)
        token = token_of(links().to(12, 0))
        assert links().read(token) == (12, 0)
    with pytest.raises(BadLink):
        links().read(token)


def test_a_link_is_good_for_seven_days_and_a_clock_may_be_behind() -> None:
    token = token_of(links().to(12, 0))
    assert timedelta(days=7) == VALID
    assert links(NOW + VALID).read(token) == (12, 0)
    assert links(NOW - timedelta(seconds=2)).read(token) == (12, 0)
    with pytest.raises(ExpiredLink):
        links(NOW + VALID + timedelta(seconds=1)).read(token)


def test_what_clients_are_sent() -> None:
    for kind in ("image/jpeg", "IMAGE/JPEG", "application/pdf", "audio/amr", "video/mp4; codecs=x", "text/vcard"):
        assert takes(kind)
    for kind in ("text/html", "image/svg+xml", "application/msword", "text/plain", "application/zip", "", "image/"):
        assert not takes(kind)
    assert PASSED_ON.keys() < ENDINGS.keys()
    assert not [kind for kind in ENDINGS if kind != kind.lower() or "html" in kind or "svg" in kind]


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ([], ()),
        (["image/jpeg; name=a.jpg", "application/pdf"], ()),
        (["Application/RTF"], ("rtf",)),
        (["image/jpeg", "application/msword", "application/zip"], ("2: doc", "3: zip")),
        ([""], ("?",)),
    ],
)
def test_files_that_go_no_further_are_named_by_their_ending(kinds: list[str], told: tuple[str, ...]) -> None:
    assert unfit(kinds) == told
