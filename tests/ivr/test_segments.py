"""How long a text is (twilio.md 6.5), how it is cleaned, and where a long one is cut."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.segments import MOST, clean, marked_parts, parts, segments
from simulator.texts import segments as twilios

FAMILY = "👨‍👩‍👧‍👦"
PIECES = [
    "a",
    "é",
    "e\u0301",
    "😀",
    FAMILY,
    "🇨🇦",
    "👍🏽",
    "❤️",
    "#️⃣",
    "한",
    "क्षि",
    "🏴\U000e0067\U000e0062\U000e007f",
    "שׁ",
    "\u200f",
]


# 6.5: "GSM-7 (`^{}[]~|€` and backslash count 2): one 160, per part 153; UCS-2 (emoji = 2 units): 70, 67".
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("^{}[]~|€\\" * 8, 1), ("^{}[]~|€\\" * 9, 2), ("ê" * 70, 1), ("ê" * 71, 2), ("ê" * 134, 2), ("ê" * 135, 3),
        ("😀" * 35, 1), ("😀" * 36, 2), ("a" * 1600, 11), ("ê" * 1600, 24), ("😀" * 1600, 49), ("’" + "a" * 70, 2),
        ("\ud800" * 70, 1), ("\ud800" * 71, 2),
    ],
)  # fmt: skip
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


# 6.5: what counts 2 is never cut in two between segments.
def test_nothing_is_cut_in_two_between_segments() -> None:
    assert segments("a" * 306) == 2
    assert segments("a" * 152 + "€" + "a" * 152) == 3
    assert segments("ê" + "a" * 65 + "😀" + "a" * 66) == 3


# 6.5: "é è à ù ì ò ä ö ü ñ Ç É are in GSM-7; ê â î ô û ë ï œ À È and small ç are not (3GPP TS 23.038)".
def test_letters_of_french() -> None:
    assert {letter for letter in "éèàùìòäöüñÇÉêâîôûëïœÀÈç" if segments(letter * 71) == 1} == set("éèàùìòäöüñÇÉ")


@given(st.text().map(clean) | st.text("abé€[ê😀'\n", min_size=60, max_size=400))
@example("@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿àäöñü" * 2)
def test_the_local_twilio_counts_alike(text: str) -> None:
    assert segments(text) == twilios.segments(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x07c\x7f\x9f", "abc"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("cafe\u0301", "café"),
        ("e\x00\u0301", "é"),
        ("\ud83d x \ude00", " x "),
        ("\u200fשלום\u200e 12 \u2067א\u2069", "\u200fשלום\u200e 12 \u2067א\u2069"),
        (FAMILY, FAMILY),
        ("  two  spaces ", "  two  spaces "),
    ],
)
def test_what_is_kept_of_a_text(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(), max_size=50))
@example("\ud83d\ude00")
def test_a_clean_text_can_be_kept_and_sent(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned.encode().decode() == cleaned
    assert not any(unicodedata.category(one) in ("Cc", "Cs") and one != "\n" for one in cleaned)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# 6.1: "Body ≤ 1600 chars".
@pytest.mark.parametrize("text", ["", " ", "a" * MOST, " " * MOST, "😀" * 800])
def test_what_fits_is_left_as_it_is(text: str) -> None:
    assert parts(text) == (text,)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("one two three", ("one two", "three")),
        ("one two   three", ("one two", "three")),
        ("   one two  three ", ("one two", "three")),
        ("abcdefgh ij", ("abcdefgh", "ij")),
        ("abcdefghij", ("abcdefgh", "ij")),
        ("ab\ncdefghij", ("ab", "cdefghij")),
        ("a abcdefghij", ("a", "abcdefgh", "ij")),
        ("Quoi de\u00a0?", ("Quoi", "de\u00a0?")),
        ("😀😀😀😀😀", ("😀😀😀😀", "😀")),
        ("aaaaaaa😀", ("aaaaaaa", "😀")),
        ("aaaaaaae\u0301", ("aaaaaaa", "e\u0301")),
        ("aaaaaa👍🏽", ("aaaaaa", "👍🏽")),
        ("aa🇨🇦🇫🇷", ("aa🇨🇦", "🇫🇷")),
        ("aaa 🇨🇦🇫🇷", ("aaa", "🇨🇦🇫🇷")),
        ("aaaaaaa \u0301b", ("aaaaaaa", " \u0301b")),
        (" " * 9, ("",)),
        (FAMILY, (FAMILY[:5], FAMILY[5:])),
    ],
)
def test_where_a_text_is_cut(text: str, cut: tuple[str, ...]) -> None:
    assert parts(text, 8) == cut


def test_1600_emoji_are_two_messages() -> None:
    assert parts("😀" * 1600) == ("😀" * 800, "😀" * 800)


def test_a_letter_longer_than_a_message_is_cut_all_the_same() -> None:
    cut = parts("e" + "\u0301" * 2000)
    assert [len(one) for one in cut] == [1600, 401]


@given(st.lists(st.sampled_from([*PIECES, " ", "\n", "  "]), max_size=60).map("".join), st.integers(16, 40))
@example(f"{'a' * 10} {FAMILY}", 16)
def test_any_text_in_parts(text: str, most: int) -> None:
    found = parts(text, most)
    assert all(units(one) <= most for one in found)
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", text)
    assert len(found) == 1 or all(one and one == one.strip() for one in found)


@given(st.lists(st.sampled_from(PIECES), max_size=60), st.integers(16, 40))
def test_no_character_is_cut(pieces: list[str], most: int) -> None:
    text = " ".join(pieces)
    where = {sum(map(len, pieces[:at])) for at in range(len(pieces) + 1)}
    cuts = {0}
    for one in parts(text, most):
        cuts.add(max(cuts) + len(one.replace(" ", "")))
    assert cuts <= where


@given(st.lists(st.sampled_from(PIECES[:-1]), min_size=30, max_size=60), st.integers(16, 40))
def test_no_character_of_a_long_word_is_cut(pieces: list[str], most: int) -> None:
    where = {sum(map(len, pieces[:at])) for at in range(len(pieces) + 1)}
    cuts = {0}
    for one in parts("".join(pieces), most):
        cuts.add(max(cuts) + len(one))
    assert cuts <= where


@given(st.text(max_size=300), st.integers(1, 50))
def test_cutting_always_ends(text: str, most: int) -> None:
    found = parts(text, most)
    assert found
    assert all(units(one) <= max(most, 2) for one in found)


# Marked parts: of one conversation among several.


@given(
    st.lists(st.sampled_from([*PIECES, " ", "\n"]), max_size=120).map("".join), st.sampled_from(["#7", "#123", "Ré"])
)
def test_any_text_in_marked_parts(text: str, mark: str) -> None:
    found = marked_parts(text, mark, 40)
    assert all(units(one) <= 40 for one in found)
    words = [found[0]]
    for place, one in enumerate(found[1:], 2):
        before = f"{mark} {place}/{len(found)} "
        assert one.startswith(before)
        words.append(one.removeprefix(before))
    assert re.sub(r"\s", "", "".join(words)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("count", [9, 10, 11, 99, 100, 101])
def test_the_more_parts_the_more_room_their_numbers_take(count: int) -> None:
    found = marked_parts(" ".join(["a" * 29] * count), "#1", 40)
    assert len(found) == count
    assert found[-1] == f"#1 {count}/{count} {'a' * 29}"
    assert all(units(one) <= 40 for one in found)


def test_what_fits_needs_no_mark() -> None:
    assert marked_parts("a" * MOST, "#1") == ("a" * MOST,)
