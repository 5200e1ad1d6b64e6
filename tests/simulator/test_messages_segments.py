"""How many segments a text takes (twilio.md 6.5)."""

from __future__ import annotations

import pytest

from simulator.texts.segments import segments, smart_encoded


# 6.5: "GSM-7: one 160, per part 153; UCS-2: 70, 67"; "^{}[]~|€ and backslash count 2"; "emoji = 2 units".
@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("é" * 160, 1), ("ê" * 70, 1), ("ê" * 71, 2), ("ê" * 134, 2), ("ê" * 135, 3), ("😀" * 35, 1),
        ("😀" * 36, 2), ("", 1), ("^{}[]~|€\\" * 8, 1), ("^{}[]~|€\\" * 9, 2), ("a" * 1600, 11), ("ê" * 1600, 24),
    ],
)  # fmt: skip
def test_segments(body: str, count: int) -> None:
    assert segments(body) == count


# 6.5: a character that counts 2 is never cut in two between parts.
def test_nothing_is_cut_in_two() -> None:
    assert segments("a" * 306) == 2
    assert segments("a" * 152 + "€" + "a" * 152) == 3
    assert segments("ê" + "a" * 65 + "a" * 68) == 2
    assert segments("ê" + "a" * 65 + "😀" + "a" * 66) == 3


# 6.5: "é è à ù ì ò ä ö ü ñ Ç É are in GSM-7; ê â î ô û ë ï œ À È and small ç are not".
def test_french() -> None:
    assert all(segments(letter * 160) == 1 for letter in "éèàùìòäöüñÇÉ")
    assert all(segments(letter * 160) == 3 for letter in "êâîôûëïœÀÈç")


# 6.5: "SmartEncoded=true replaces look-alike punctuation."
@pytest.mark.parametrize(
    ("body", "plain"),
    [
        ("“Hello” — it’s here…", '"Hello" - it\'s here...'),
        ("a\u00a0b\u200bc", "a bc"),
        ("« Bonjour »", '" Bonjour "'),
        ("“Fête”", "“Fête”"),  # ê stays UCS-2, so that nothing is gained
        ("plain", "plain"),
    ],
)
def test_smart_encoding(body: str, plain: str) -> None:
    assert smart_encoded(body) == plain
