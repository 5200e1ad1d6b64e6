"""The header of a hostile message: whatever stands in it, asking for a field gives something and takes no time.

The standard library's parser raises half a dozen kinds of exceptions on malformed fields, and is slow on long ones.
Here every field is bounded first, and one that can't be parsed counts as plain text.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import Any

from mail.plain import decoded, one_line

LONGEST_FIELD = 5_000  # characters; a letter to a hundred people has about as many
LONGEST_AUTHOR = 1_000
MOST_ADDRESSES = 200
MOST_IDS = 50
LONGEST_ID = 250
LONGEST_ADDRESS = 254

_ID = re.compile(rf"<[!-;=?-~]{{3,{LONGEST_ID}}}>")
_LOCAL = r"""[^\s@<>()\[\]\\,;:"\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffd]{1,64}"""
_ADDRESS = re.compile(rf"{_LOCAL}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,20}}")


class Careful(EmailPolicy):
    """The standard policy, made safe for what strangers write. What concerns parts is not parsed here: the messages'
    own methods do that faster."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        bounded = bound(value)
        if name.lower().startswith(("content-", "mime-")):
            return bounded
        if name.lower() in ("from", "sender"):
            bounded = bounded[:LONGEST_AUTHOR]
        try:
            return super().header_fetch_parse(name, bounded)
        except Exception:  # the parser's own mistakes, of many kinds
            return bounded


def bound(value: str) -> str:
    """A field's raw value on one line, its bytes decoded, of bounded length."""
    octets = value[:LONGEST_FIELD].encode("utf-8", "surrogateescape")
    return "".join(decoded(octets).splitlines())


def raw_fields(message: EmailMessage, name: str) -> Iterator[str]:
    """Every such field as it was written, only unfolded and bounded. `name` in small letters."""
    for given, value in message.raw_items():
        if given.lower() == name:
            yield bound(str(value))


def raw_field(message: EmailMessage, name: str) -> str:
    """The first such field, or an empty text."""
    return next(raw_fields(message, name), "").strip()


def words_of(message: EmailMessage, name: str, longest: int) -> str:
    """A field for people to read, decoded (RFC 2047), on one line."""
    return one_line(str(message.get(name, "")), longest)


def addresses_of(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    """(address, name) of everybody in such a field (RFC 5322 allows one); what can't be an address is left out."""
    found: list[tuple[str, str]] = []
    for field in message.get_all(name, [])[:2]:
        for one in getattr(field, "addresses", ())[:MOST_ADDRESSES]:
            address = tidy_address(str(one.addr_spec))
            if address:
                found.append((address, one_line(str(one.display_name), 200)))
    return found[:MOST_ADDRESSES]


def tidy_address(address: str) -> str:
    """Without angle brackets, the domain in small letters; empty if it is no address."""
    given = address.strip().removeprefix("<").removesuffix(">")
    if len(given) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(given):
        return ""
    local, _, domain = given.rpartition("@")
    return f"{local}@{domain.lower()}"


def ids_in(*values: str) -> list[str]:
    """The message ids in such fields, each once, in their order."""
    found = dict.fromkeys(one for value in values for one in _ID.findall(value))
    return list(found)[:MOST_IDS]


def date_of(message: EmailMessage) -> datetime | None:
    try:
        given = parsedate_to_datetime(raw_field(message, "date")[:100])
        return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)
    except Exception:  # it is whatever a stranger wrote
        return None
