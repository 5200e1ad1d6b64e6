"""Whether a letter comes from where it says, as our own mail server found (Authentication-Results, RFC 8601).

The topmost field is our server's, and so is every other one that bears the same name: it writes above whatever came
with the letter, and takes away what strangers wrote under its name (RFC 8601, section 5).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage

from mail.headers import raw_fields

METHODS = ("dmarc", "dkim", "spf")
DECIDED = {"pass", "fail", "temperror", "permerror", "policy"}  # of DMARC; else the domain wishes nothing
# Where each of them says for which domain it speaks.
DOMAINS: Mapping[str, tuple[str, ...]] = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}
MOST_FIELDS = 10
MOST_NESTED = 3  # comments within comments

_COMMENT = re.compile(r"\([^()]*\)")
_PAIR = re.compile(r'([a-z0-9._-]{1,40})(?:/\d{1,3})?\s*=\s*("[^"]{0,300}"|[^\s;"]{1,300})', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's: pass, fail, none and others. `domains`: for which it speaks."""

    method: str
    said: str
    domains: tuple[str, ...] = ()


def is_unproven(message: EmailMessage, sender: str) -> bool:
    """Our mail server has looked, and nothing that it found speaks for the sender's domain. False where it has not
    looked: then nobody knows, and the letter counts as it stands."""
    found = [one for one in results(message) if one.method in METHODS]
    if dmarc := {one.said for one in found if one.method == "dmarc"} & DECIDED:
        return "pass" not in dmarc
    domain = sender.rpartition("@")[2].lower()
    passed = (one for one in found if one.said == "pass")
    return bool(found) and not any(are_of_one(domain, each) for one in passed for each in one.domains)


def results(message: EmailMessage) -> Iterator[Result]:
    """Of our own mail server's fields, from the top."""
    server = None
    for count, field in enumerate(raw_fields(message, "authentication-results")):
        if count == MOST_FIELDS:
            return
        first, *others = uncommented(field).split(";")
        is_named = "=" not in first  # some large providers leave their name out
        name = first.split()[0].lower() if is_named and first.split() else ""
        if server is None:
            server = name
        elif not name or name != server:
            continue
        for one in others if is_named else (first, *others):
            if result := read(one):
                yield result


def uncommented(field: str) -> str:
    for _ in range(MOST_NESTED):
        field = _COMMENT.sub(" ", field)
    return field


def read(text: str) -> Result | None:
    """`dkim=pass header.d=taber.example`; None for `none`, or what can't be read."""
    pairs = [(name.lower(), value.strip('"').lower()) for name, value in _PAIR.findall(text)]
    if not pairs:
        return None
    (method, said), *properties = pairs
    domains = tuple(value.rpartition("@")[2] for name, value in properties if name in DOMAINS.get(method, ()))
    return Result(method, said, domains)


def are_of_one(first: str, second: str) -> bool:
    """The same domain, or one below the other."""
    shorter, longer = sorted((first, second), key=len)
    return "." in shorter and (longer == shorter or longer.endswith("." + shorter))
