"""How a text is cleaned, how many segments it takes at the carrier, and where a long one is cut."""

import re
import unicodedata
from collections.abc import Iterator

from gsm0338 import Codec  # type: ignore[import-untyped]

MOST = 1600  # of one message (twilio.md 6.1)

_GSM = Codec()
_GSM_ONE, _GSM_PART = 160, 153
_UCS_ONE, _UCS_PART = 70, 67

# White space at which a line must not break: French writes it before ! ? : ; and inside numbers.
_NO_BREAK = "\u00a0\u2007\u202f"
_JOINER = "\u200d"
_EXTENDING = "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f"  # joiners, and vowels and sound marks that Unicode calls letters
_VIRAMA = 9  # the combining class of what binds consonants in the scripts of India
_FLAG = range(0x1F1E6, 0x1F200)
_SKIN = range(0x1F3FB, 0x1F400)
_TAG = range(0xE0020, 0xE0080)
_HANGUL = (range(0x1100, 0x1200), range(0xA960, 0xA980), range(0xAC00, 0xD7FC))


def clean(text: str) -> str:
    """As we keep and send it: composed (NFC), line breaks as \\n, tabs as spaces, no other control characters and no
    halves of characters. Marks of direction and joiners stay."""
    text = re.sub(r"\r\n?", "\n", text).replace("\t", " ")
    kept = (one for one in text if one == "\n" or unicodedata.category(one) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept))


def segments(text: str) -> int:
    """Twilio's NumSegments (twilio.md 6.5), 1 for an empty text. Nothing that counts double is cut in two."""
    sizes, one, part = _septets(text), _GSM_ONE, _GSM_PART
    if sizes is None:
        sizes, one, part = [_units(each) for each in text], _UCS_ONE, _UCS_PART
    if sum(sizes) <= one:
        return 1
    count, used = 1, 0
    for size in sizes:
        if used + size > part:
            count, used = count + 1, 0
        used += size
    return count


def marked_parts(text: str, mark: str, most: int = MOST) -> tuple[str, ...]:
    """As `parts`, but all messages after the first begin with the mark and their place among all: `#12 2/3 …`."""
    digits = 1
    while len(found := parts(text, most, kept_free=_units(mark) + len(" 2/3 ") + 2 * (digits - 1))) >= 10**digits:
        digits += 1
    return found[:1] + tuple(f"{mark} {place}/{len(found)} {words}" for place, words in enumerate(found[1:], 2))


def parts(text: str, most: int = MOST, *, kept_free: int = 0) -> tuple[str, ...]:
    """The text in messages of at most `most`, cut at white space (which is dropped there), or within a word that is
    longer than a whole message; never within what is seen as one character. An empty text is one empty message.
    `kept_free`: so much is left of each but the first.

    Counted in UTF-16 units, so that 1,600 emoji are two messages: whether Twilio counts an emoji once or twice
    isn't documented.
    """
    if _units(text) <= most:
        return (text,)
    found: list[str] = []
    left = list(_pieces(text, most - kept_free))
    while left := left[_leading(left) :]:
        end = _fitting(left, most - kept_free if found else most)
        cut = next((at for at in range(end, 0, -1) if at == len(left) or _is_break(left[at])), end)
        message = left[:cut]
        while _is_break(message[-1]):
            message.pop()
        found.append("".join(message))
        left = left[cut:]
    return tuple(found) or ("",)


def _septets(text: str) -> list[int] | None:
    """What each character takes in GSM-7; None as soon as one has no place in it. The only use of gsm0338."""
    try:
        return [len(_GSM.encode(each)[0]) for each in text]
    except UnicodeEncodeError:
        return None


def _units(text: str) -> int:
    """UTF-16 units; half a character counts as one."""
    return len(text) + sum(each > "\uffff" for each in text)


def _leading(pieces: list[str]) -> int:
    return next((at for at, piece in enumerate(pieces) if not _is_break(piece)), len(pieces))


def _fitting(pieces: list[str], most: int) -> int:
    """How many of the first pieces one message holds; at least one."""
    used = 0
    for at, piece in enumerate(pieces):
        used += _units(piece)
        if used > most:
            return at or 1
    return len(pieces)


def _is_break(piece: str) -> bool:
    return piece.isspace() and piece not in _NO_BREAK


def _pieces(text: str, most: int) -> Iterator[str]:
    """What is seen as single characters; one that no message could hold comes apart."""
    start, flags = 0, 0
    for at in range(1, len(text) + 1):
        flags = flags + 1 if ord(text[at - 1]) in _FLAG else 0
        if at < len(text) and _belong_together(text[at - 1], text[at], flags):
            continue
        piece, start = text[start:at], at
        yield from [piece] if _units(piece) <= most else piece


def _belong_together(before: str, after: str, flags: int) -> bool:
    """As Unicode's grapheme clusters do (UAX 29) or somewhat more, but for rare signs that stand before a letter.

    `flags`: how many letters of flags end with `before`; two are a flag.
    """
    if unicodedata.category(after)[0] == "M" or after in _EXTENDING or ord(after) in _SKIN or ord(after) in _TAG:
        return True
    if before == _JOINER or unicodedata.combining(before) == _VIRAMA:
        return not after.isspace()
    if ord(after) in _FLAG:
        return flags % 2 == 1
    return _is_hangul(before) and _is_hangul(after)


def _is_hangul(character: str) -> bool:
    return any(ord(character) in block for block in _HANGUL)
