"""Reads a TwiML document by the table in schema.py. What breaks XML is an error of the request (12100); what
breaks the table is a complaint, kept with the document, and the element or attribute is left out (twilio.md
2.5)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from simulator.twiml.schema import TABLE, Row
from simulator.webhooks.urls import joined

MOST_BYTES = 64 * 1024
_ALONE_IN_DIAL = frozenset({"Conference", "Queue", "Application", "WhatsApp", "Sim"})
_APART = frozenset({"p", "s", "break"})  # words before and after are not one word
_NAMED_BY_CHILD = {"Client": "Identity", "Application": "ApplicationSid"}
Place = Literal["call", "screening", "conference", "queue", "announcement"]
# Which verbs a document may hold that is not a call's own: a Number's url (4.4), the music of a conference
# (4.5) and of a queue (4.6), an announcement (5.5).
_VERBS_OF: dict[Place, frozenset[str]] = {
    "screening": frozenset({"Say", "Play", "Pause", "Gather", "Hangup"}),
    "conference": frozenset({"Say", "Play", "Pause", "Redirect"}),
    "announcement": frozenset({"Say", "Play", "Pause", "Redirect"}),
    "queue": frozenset({"Say", "Play", "Pause", "Redirect", "Hangup", "Leave", "Gather"}),
}
_NAMES = {
    "screening": "a screening document",
    "conference": "a conference's music",
    "announcement": "an announcement",
    "queue": "a queue's music",
}


class NotTwimlError(ValueError):
    """The document cannot be read at all (12100)."""


@dataclass(frozen=True)
class Element:
    """One verb or noun. `given` holds only what the document says; attribute() adds the default. `text` is all words
    that stand in it itself; `content` these words and the children, in the order of the document."""

    name: str
    given: dict[str, str]
    text: str
    children: tuple[Element, ...] = ()
    content: tuple[str | Element, ...] = ()

    def attribute(self, name: str) -> str | None:
        return self.given.get(name, TABLE[self.name].attributes[name].default)

    def value(self, name: str) -> str:
        """An attribute that has a default."""
        value = self.attribute(name)
        assert value is not None, f"{self.name} {name} has no default"
        return value

    def flag(self, name: str) -> bool:
        return self.value(name) == "true"

    def number(self, name: str) -> int:
        return int(self.value(name))

    def spoken(self) -> str:
        """All words in it and in its SSML children, as they are read aloud (4.1)."""
        return " ".join(self._aloud().split())

    def _aloud(self) -> str:
        if self.name == "sub" and "alias" in self.given:
            return self.given["alias"]
        inside = "".join(part if isinstance(part, str) else part._aloud() for part in self.content or (self.text,))
        return f" {inside} " if self.name in _APART else inside


@dataclass(frozen=True)
class Document:
    """`base` is the URL it came from; None for a document given to the REST API as text."""

    verbs: tuple[Element, ...]
    base: str | None
    complaints: tuple[str, ...] = field(default=())

    def resolve(self, url: str) -> str:
        if not url:
            return self.base or ""
        return joined(self.base, url)


def read(body: str, base: str | None, place: Place = "call", table: Mapping[str, Row] = TABLE) -> Document:
    """Raises NotTwimlError. `place` is what the document is for: not every verb may stand in each."""
    if body.startswith("\ufeff") or (body[:1].isspace() and "<?xml" in body):
        raise NotTwimlError("something stands before <?xml")
    try:
        root = ET.fromstring(body)
    except ET.ParseError as error:
        raise NotTwimlError(f"the document is no XML: {error}") from None
    if root.tag != "Response":
        raise NotTwimlError(f"the root is <{root.tag}>, not <Response>")
    complaints: list[str] = []
    if root.attrib:
        complaints.append(f"<Response> has no attributes, but {', '.join(root.attrib)} is given")
    verbs: list[Element] = []
    for verb in (e for child in root if (e := _element(child, "Response", complaints, table))):
        if verb.name == "Reject" and verbs:
            complaints.append("<Reject> must be the first verb")
        elif place != "call" and verb.name not in _VERBS_OF[place]:
            complaints.append(f"<{verb.name}> must not stand in {_NAMES[place]}")
        else:
            verbs.append(verb)
    return Document(tuple(verbs), base, tuple(complaints))


def _element(node: ET.Element, parent: str, complaints: list[str], table: Mapping[str, Row]) -> Element | None:
    row = table.get(node.tag)
    if row is None:
        close = next((name for name in table if name.lower() == node.tag.lower()), None)
        complaints.append(f"<{node.tag}> is unknown" + (f"; it is spelt <{close}>" if close else ""))
        return None
    if parent not in row.inside:
        complaints.append(f"<{node.tag}> must not stand in <{parent}>")
        return None
    given = {}
    for raw, value in node.attrib.items():
        name = re.sub(r"^\{.*\}", "xml-", raw)
        if name not in row.attributes:
            complaints.append(f"<{node.tag}> has no attribute {name}")
        elif complaint := row.attributes[name].check(value):
            complaints.append(f'<{node.tag} {name}="{value}"> {complaint}')
        else:
            given[name] = value
    content: list[str | Element] = [node.text or ""]
    for child in node:
        if (inner := _element(child, node.tag, complaints, table)) is not None:
            content.append(inner)
        content.append(child.tail or "")
    words = "".join(part for part in content if isinstance(part, str)).strip()
    children = tuple(part for part in content if isinstance(part, Element))
    element = Element(node.tag, given, words, children, tuple(content))
    complaints.extend(_complaints_of_text(element, row))
    complaints.extend(_complaints_of_place(element, parent))
    if element.name == "Say" and not _may_speak(element):
        complaints.append(f"the voice {given['voice']} of <Say> does not speak {given['language']}")
        return None
    return element


def _complaints_of_text(element: Element, row: Row) -> list[str]:
    if row.words == "none" and element.text:
        return [f"<{element.name}> holds text: {element.text[:40]!r}"]
    if row.words == "required" and not element.text and not element.children:
        return [f"<{element.name}> is empty"]
    if complaint := row.words_check(element.text):
        return [f"the text of <{element.name}> {complaint}"]
    return []


def _complaints_of_place(element: Element, parent: str) -> list[str]:
    """What one row cannot say: rules about an element and its neighbours."""
    if element.name == "Play" and parent == "Gather" and "digits" in element.given:
        return ["<Play digits> must not stand in <Gather>"]
    if element.name == "Play" and not element.text and "digits" not in element.given:
        return ["<Play> has neither a URL nor digits"]
    if element.name == "Enqueue" and not element.text and "workflowSid" not in element.given:
        return ["<Enqueue> has neither a queue's name nor a workflowSid"]
    if element.name in _NAMED_BY_CHILD and not element.text and not _has_child(element, _NAMED_BY_CHILD[element.name]):
        return [f"<{element.name}> names nobody; give it text or <{_NAMED_BY_CHILD[element.name]}>"]
    if element.name == "Gather" and element.given.get("speechTimeout") == "auto" and "speechModel" in element.given:
        return ['<Gather speechTimeout="auto"> must not have a speechModel']
    return _complaints_of_dial(element) if element.name == "Dial" else []


def _has_child(element: Element, name: str) -> bool:
    return any(child.name == name for child in element.children)


def _may_speak(say: Element) -> bool:
    """The voices of Google name their language; of the others nothing is known (4.1)."""
    named = re.match(r"Google\.([a-z]{2,3}-[A-Z]{2})-", say.given.get("voice", ""))
    return named is None or "language" not in say.given or named[1] == say.given["language"]


def _complaints_of_dial(dial: Element) -> list[str]:
    names = [child.name for child in dial.children]
    if dial.text and names:
        return ["<Dial> holds a plain number and nouns"]
    if not dial.text and not names:
        return ["<Dial> is empty"]
    if len(names) > 1 and _ALONE_IN_DIAL.intersection(names):
        return [f"<Dial> holds {' and '.join(names)}; {_ALONE_IN_DIAL.intersection(names)} must be alone"]
    if len(names) > 10:
        return ["<Dial> holds more than 10 nouns"]
    return []
