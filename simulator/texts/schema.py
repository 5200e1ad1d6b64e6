"""Every verb and noun of messaging TwiML, each row beside the section of twilio.md that it states, and how a
document of them is read. The voice verbs have their own table (twiml/schema.py): the two share no document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulator.twiml.reading import Document, Element, read
from simulator.twiml.schema import METHOD, URL, Attribute, Row, matching, text

MOST_MEDIA = 10
_ADDRESS = matching(r"\S+", "an address (it holds blanks)")

TABLE: Mapping[str, Row] = {
    "Message": Row(
        "4.7",
        ("Response",),
        {
            "to": Attribute(_ADDRESS),  # the sender of the inbound message
            "from": Attribute(_ADDRESS),  # the number that received it
            "action": Attribute(URL),
            "method": Attribute(METHOD, "POST"),
            "statusCallback": Attribute(URL),  # the old name of action
        },
        words="optional",
        words_check=text(1600),
    ),
    "Body": Row("4.7", ("Message",), words="required", words_check=text(1600)),
    "Media": Row("4.7", ("Message",), words="required", words_check=URL),
    "Redirect": Row("4.7", ("Response",), {"method": Attribute(METHOD, "POST")}, words="optional", words_check=URL),
}


def read_texts(body: str, base: str) -> Document:
    """Raises NotTwimlError, as read() does."""
    document = read(body, base, table=TABLE)
    places = [complaint for verb in document.verbs if (complaint := _complaint_of_place(verb))]
    return replace(document, complaints=(*document.complaints, *places))


def _complaint_of_place(verb: Element) -> str | None:
    """What one row cannot say: rules about an element and its neighbours."""
    names = [child.name for child in verb.children]
    if verb.name != "Message":
        return None
    if verb.text and names:
        return "<Message> holds text beside <Body> or <Media>; put it into <Body>"
    if names.count("Body") > 1:
        return "<Message> holds more than one <Body>"
    if names.count("Media") > MOST_MEDIA:
        return f"<Message> holds more than {MOST_MEDIA} <Media>"
    return None if verb.text or names else "<Message> has neither text nor media"
