"""Which parts of a message are what somebody wrote, and their text; every other part came along with it.

Letters of nested parts are walked once. HTML becomes text by inscriptis, which stays quick on hostile pages.
"""

import codecs
import html
import re
from dataclasses import dataclass, field
from email.message import EmailMessage

from inscriptis import get_text  # type: ignore[import-untyped]  # it ships no types

from mail.plain import clean, decoded

LONGEST_TEXT = 100_000  # characters that are kept
LONGEST_HTML = 300_000  # characters that are read

# Python knows codecs that are no character sets of letters, some of them slow.
_CHARSETS = re.compile(r"utf-?(?:7|8|16|32)|ascii|iso8859|iso2022|cp\d|koi8|mac|gb|big5|shift|euc|hz|tis|johab")
_TALL = re.compile(r"\n{3,}")


@dataclass(slots=True)
class Found:
    """`bodies`: the parts that hold what was written, text or HTML. `others`: all that came along."""

    bodies: list[EmailMessage] = field(default_factory=list)
    others: list[EmailMessage] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        return bool(self.bodies) and all(one.get_content_type() == "text/plain" for one in self.bodies)


def find_parts(part: EmailMessage) -> Found:
    """RFC 2046, section 5.1. Of alternatives the plain one, unless there is nothing in it."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        children = [find_parts(child) for child in within(part)]
        found = Found()
        for child in children:
            found.others += child.others
        if part.get_content_subtype() == "alternative":
            found.bodies = _best(children)
        else:
            found.bodies = [body for child in children for body in child.bodies]
        return found
    return Found(bodies=[part]) if is_body(part) else Found(others=[part])


def within(part: EmailMessage) -> list[EmailMessage]:
    """The parts directly in it; none of one that only says it has some."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, EmailMessage)] if isinstance(payload, list) else []


def is_body(part: EmailMessage) -> bool:
    """Whether it is written to be read in its place."""
    if part.get_content_type() not in ("text/plain", "text/html") or part.is_multipart():
        return False
    return part.get_content_disposition() != "attachment" and not part.get_filename()


def text_of(bodies: list[EmailMessage]) -> tuple[str, bool]:
    """All they say, and whether that was cut."""
    pieces, length, is_cut = list[str](), 0, False
    for one in bodies:
        words = _written(one)
        if one.get_content_type() == "text/html":
            is_cut = is_cut or len(words) > LONGEST_HTML
            words = html_to_text(words[:LONGEST_HTML])
        pieces.append(words[: LONGEST_TEXT + 1])
        length += len(words)
        if length > LONGEST_TEXT:
            break
    whole = tidy("\n\n".join(piece for piece in pieces if piece.strip()))
    return whole[:LONGEST_TEXT].rstrip(), is_cut or len(whole) > LONGEST_TEXT


def html_to_text(page: str) -> str:
    try:
        return str(get_text(page))
    except Exception:  # of the parser below it: something is better than nothing
        return html.unescape(re.sub(r"<[^<>]*>", " ", page))


def tidy(text: str) -> str:
    """Without spaces at the ends of lines, and with at most one empty line in a row."""
    lines = "\n".join(line.rstrip(" \t\u00a0") for line in clean(text).split("\n"))
    return _TALL.sub("\n\n", lines).strip("\n")


def octets_of(part: EmailMessage) -> bytes:
    """What a part holds, decoded from its transfer encoding; a broken encoding gives what can be had of it."""
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # malformed uuencode and the like
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _best(children: list[Found]) -> list[EmailMessage]:
    for child in children:
        if child.is_plain and any(_written(one).strip() for one in child.bodies):
            return child.bodies
    return next((child.bodies for child in reversed(children) if child.bodies), [])


def _written(part: EmailMessage) -> str:
    octets, charset = octets_of(part), _charset(part)
    try:
        return octets.decode(charset) if charset else decoded(octets)
    except (UnicodeError, LookupError):
        return decoded(octets)


def _charset(part: EmailMessage) -> str:
    """The declared character set, if it is one; ASCII counts as undeclared, because it is often said of what isn't."""
    try:
        name = codecs.lookup(part.get_content_charset() or "ascii").name
    except Exception:  # a name of any kind
        return ""
    return name if _CHARSETS.match(name) and name != "ascii" else ""
