"""What a conversation is made of: every exchange between Twilio and us that is about texts, by a name that is the same
in every journey. In the usual walk all that take the same way through the service have one name; in the long one each
has its own."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from simulator.exchange import Exchange
from simulator.faults import Exchanged
from tests.walk.steps import Step, place_of
from tests.walk.texts.people import Kind
from tests.walk.texts.town import TECHNICIANS

TAKEN, REPORT, REST, ELSE = "taken", "message", "rest", "else"  # kinds of steps: a text to us, a report, a request
NUMBER = re.compile(r"#\d+")
WHEN = re.compile(r"\b(?:by|until|d'ici) .*")
HEADED = re.compile(r"#n [^:]*: ")
NOTICES = re.compile(
    r"they wait for an answer|nobody has answered yet|overdue|still open|is yours now, from|has taken it|want no more"
    r" texts|Help is wanted|has ended our texts"
)
IS_FINE = bool(os.environ.get("PODLINE_TEST_LONG"))
GIST = 40  # characters


class TextNaming:
    """`kinds`: of each text, what the one who wrote it meant by it."""

    def __init__(self, exchange: Exchange, kinds: dict[str, Kind]) -> None:
        self.exchange, self.kinds = exchange, kinds

    def step(self, one: Exchanged) -> Step:
        place = place_of(one)
        path = urlsplit(one.url).path
        kind, name = ELSE, place
        if path in ("/messages/incoming", "/messages/fallback"):
            kind, name = TAKEN, f"{path.rpartition('/')[2]}: {self.meant(one)}"
        elif path == "/messages/status":
            kind, name = REPORT, f"{one.params.get('MessageStatus')}: {self.what(one.params)}"
        elif place == "POST Messages":
            kind, name = REST, f"POST Messages: {self.what(one.params)}"
        elif place == "GET Messages":
            kind, name = REST, place
        return Step(name, kind, place, one.method, has_caller=False, has_technician=False)

    def meant(self, one: Exchanged) -> str:
        words = one.params.get("Body", "")
        who = "a technician" if one.params.get("From") in TECHNICIANS else "a client"
        kind = self.kinds.get(words, "nobody")
        gist = f" {gist_of(words)!r}" if IS_FINE else ""
        return f"{who} {kind}{gist}"

    def what(self, params: dict[str, str]) -> str:
        """What the text is, by how it comes about: a report knows no more of it than whom it went to."""
        message = self.exchange.messages.find(params.get("MessageSid", ""))
        body = params.get("Body") or (message.body if message else "")
        told = gist_of(body)
        if params.get("To") not in TECHNICIANS:
            what = "a technician's words to a client" if self.is_somebodys(told, "replies") else "ours to a client"
        elif NOTICES.search(body):
            what = "a notice to a technician"
        elif HEADED.match(told) or self.is_somebodys(told, "begins", "goes on"):
            what = "a client's words to a technician"
        else:
            what = "an answer to a technician"
        return f"{what} {told!r}" if IS_FINE else what

    def is_somebodys(self, told: str, *kinds: Kind) -> bool:
        return any(
            gist_of(words).removeprefix("#n ").startswith(told) for words, one in self.kinds.items() if one in kinds
        )


def gist_of(body: str) -> str:
    return WHEN.sub("", NUMBER.sub("#n", body))[:GIST]
