"""Strangers' text made fit to be kept and shown: no control characters, no halves of characters, bounded."""

import re

# NUL and lone surrogates can't be kept at all; the other control characters mean nothing on a page.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_HALVES = re.compile(r"[\ud800-\udfff]")
# They turn what follows them round, so that a name can be made to look like another.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WRAPPED = re.compile(r"\r\n?|[\u2028\u2029]")


def clean(text: str) -> str:
    """Several lines, ended by \\n alone."""
    lines = _WRAPPED.sub("\n", text)
    return _HALVES.sub("\ufffd", _CONTROL.sub("", lines))


def one_line(text: str, longest: int) -> str:
    """One line of at most so many characters, its spaces single."""
    return " ".join(_TURNING.sub("", clean(text)).split())[:longest].strip()


def decoded(octets: bytes) -> str:
    """Text whose character set nobody tells: UTF-8, or what older programs of our part of the world write."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")
