"""What the page asks for: each deed is checked, and what cannot be done is said in a sentence."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from simulator.numbers.places import is_e164
from simulator.softphone.feed import WITHHELD
from simulator.texts.media import MOST_BYTES, MOST_FILES, Attachment

if TYPE_CHECKING:
    from simulator.calls.legs import Leg
    from simulator.exchange import Exchange
    from simulator.people.telephones import Telephone
    from simulator.softphone.feed import Feed

LONGEST = 1600  # characters of a text, and of what somebody says at once
KEYS = "0123456789*#"


class NotDone(ValueError):
    """`code` is for the page, which says it in its own language; the message is the English sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Deeds:
    """Each public method is a deed: it takes the JSON object of the page, and answers one."""

    def __init__(self, exchange: Exchange, feed: Feed) -> None:
        self._exchange, self._feed = exchange, feed
        self.all = {
            "dial": self.dial,
            "hang-up": self.hang_up,
            "press": self.press,
            "say": self.say,
            "answer": self.answer,
            "reject": self.reject,
            "text": self.text,
        }

    def dial(self, given: dict[str, Any]) -> dict[str, Any]:
        """`as` (a telephone), `line`; → `call`. A telephone that nobody has heard of is a number, as typed."""
        telephone, line = self._telephone(given), self._line(given)
        if any(not leg.is_over for leg in telephone.legs):
            raise NotDone("busy", f"{telephone.name} is in a call: hang up first.")
        return {"call": self._exchange.calls.comes_in(telephone, line).sid, "phone": self._feed.key(telephone)}

    def hang_up(self, given: dict[str, Any]) -> dict[str, Any]:
        self._exchange.hang_up(self._leg(given))
        return {}

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        self._ringing(given).answers()
        return {}

    def reject(self, given: dict[str, Any]) -> dict[str, Any]:
        """The caller's side gets the busy signal."""
        self._ringing(given).ends("busy")
        return {}

    def press(self, given: dict[str, Any]) -> dict[str, Any]:
        """`heard` is false if nobody listened: the key is lost."""
        key = _words(given, "key")
        if key not in KEYS or len(key) != 1:
            raise NotDone("key", f"{key!r} is no key of a telephone.")
        return {"heard": self._exchange.press(self._talking(given), key)}

    def say(self, given: dict[str, Any]) -> dict[str, Any]:
        words = _words(given, "words")
        leg, seconds = self._talking(given), self._exchange.speech_seconds(words)
        return {"heard": self._exchange.speaks(leg, words, seconds)}

    def text(self, given: dict[str, Any]) -> dict[str, Any]:
        """`as`, `line`, `body`, and `files` of {type, content in Base64}; with files the body may be empty."""
        telephone, line, files = self._telephone(given), self._line(given), _files(given)
        body = "" if files and not given.get("body") else _words(given, "body")
        if telephone.number is None:
            raise NotDone("withheld", "Somebody who withholds the number cannot send texts.")
        self._exchange.inbound.comes_in(telephone, line, body, media=files)
        self._feed.key(telephone)
        return {}

    # -- what a deed is about

    def _telephone(self, given: dict[str, Any]) -> Telephone:
        wanted = _words(given, "as")
        if wanted in self._feed.phones:
            return self._feed.phones[wanted]
        if wanted.startswith(WITHHELD):
            raise NotDone("phone", "There is no such telephone any more: choose who you are again.")
        number = typed_number(wanted)
        if number in self._exchange.numbers:
            raise NotDone("own", f"{number} is a line of the service: nobody calls from it.")
        return self._exchange.phone(number)

    def _line(self, given: dict[str, Any]) -> str:
        line = _words(given, "line")
        if line not in self._exchange.numbers:
            raise NotDone("line", f"{line} is none of the lines.")
        return line

    def _leg(self, given: dict[str, Any]) -> Leg:
        leg = self._exchange.legs.get(_words(given, "call"))
        if leg is None or leg.is_over:
            raise NotDone("over", "The call is over.")
        return leg

    def _ringing(self, given: dict[str, Any]) -> Leg:
        leg = self._leg(given)
        if leg.direction == "inbound" or leg.status != "ringing":
            raise NotDone("rings", "The telephone does not ring any more.")
        return leg

    def _talking(self, given: dict[str, Any]) -> Leg:
        leg = self._leg(given)
        if not leg.is_live and leg.direction != "inbound":
            raise NotDone("unanswered", "Answer the call first.")
        return leg


def typed_number(words: str) -> str:
    """E.164 of what somebody types: "403 555 0199", "(403) 555-0199", "1 403…", "+1 403…". Raises NotDone."""
    plain = re.sub(r"[\s().-]", "", words)
    if re.fullmatch(r"\d{10}", plain):
        plain = "+1" + plain
    elif re.fullmatch(r"1\d{10}", plain):
        plain = "+" + plain
    if not is_e164(plain):
        raise NotDone("number", f"{words} is no telephone number: write it like 403 555 0199 or +14035550199.")
    return plain


def _files(given: dict[str, Any]) -> list[Attachment]:
    found = given.get("files") or []
    if not isinstance(found, list) or len(found) > MOST_FILES:
        raise NotDone("files", f"A text carries at most {MOST_FILES} files.")
    files = [_file(one) for one in found]
    if sum(len(one.content) for one in files) > MOST_BYTES:
        raise NotDone("large", f"The files of a text have at most {MOST_BYTES // 1_000_000} MB together.")
    return files


def _file(given: Any) -> Attachment:
    kind, content = (given.get("type"), given.get("content")) if isinstance(given, dict) else (None, None)
    if not isinstance(kind, str) or not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) or not isinstance(content, str):
        raise NotDone("files", "A file has a type, such as image/jpeg, and its content in Base64.")
    try:
        return Attachment(kind, base64.b64decode(content, validate=True))
    except ValueError:
        raise NotDone("files", "A file's content is not Base64.") from None


def _words(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise NotDone("missing", f"{name} is missing.")
    if len(value) > LONGEST:
        raise NotDone("long", f"{name} is over {LONGEST} characters.")
    return value.strip()
