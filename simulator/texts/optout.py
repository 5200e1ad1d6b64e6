"""Opt-out (twilio.md 6.6): the words that a person may text to silence a sender, what Twilio answers by itself,
and which pairs are blocked since. Our own webhook is asked all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simulator.numbers.addresses import channel_of, kind_of, without_channel

if TYPE_CHECKING:
    from simulator.exchange import Exchange

OptOutType = Literal["STOP", "START", "HELP"]
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})
FRENCH_STOP_WORDS = frozenset({"ARRET", "ARRETE", "ARRETT"})  # the switch french_opt_out_words
STOP_TEXT = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
START_TEXT = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELP_TEXT = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
_NETWORK_STOP = (
    'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. '
    'Text back "unstop" to receive messages again.'
)
_NETWORK_START = 'NETWORK MSG: You have replied "{}" and will begin receiving messages again from this number.'


@dataclass(frozen=True)
class OptOutWords:
    """The words of a sender and Twilio's answers to them. Those of a Messaging Service with Advanced Opt-Out may
    be one's own; STOP, START, UNSTOP and HELP always stay."""

    stop: frozenset[str] = STOP_WORDS
    start: frozenset[str] = START_WORDS
    help: frozenset[str] = HELP_WORDS
    stop_text: str = STOP_TEXT
    start_text: str = START_TEXT
    help_text: str = HELP_TEXT

    def meaning(self, word: str) -> OptOutType | None:
        if word == "STOP" or word in _upper(self.stop):
            return "STOP"
        if word in ("START", "UNSTOP") or word in _upper(self.start):
            return "START"
        return "HELP" if word == "HELP" or word in _upper(self.help) else None

    def answer(self, meaning: OptOutType) -> str:
        return {"STOP": self.stop_text, "START": self.start_text, "HELP": self.help_text}[meaning]


@dataclass(frozen=True)
class Understood:
    """What Twilio made of a text. `told` is OptOutType, "" without Advanced Opt-Out; `reply` "" is none."""

    meaning: OptOutType | None = None
    told: str = ""
    reply: str = ""


class OptOuts:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._blocked: set[tuple[str, str]] = set()

    def is_blocked(self, user: str, sender: str) -> bool:
        """`sender`: one of our numbers, or the sid of a Messaging Service."""
        return self._pair(user, sender) in self._blocked

    def takes(self, user: str, number: str, body: str) -> Understood:
        """The text of a person to one of our numbers. Only a whole text that is one of the words counts, and only by
        SMS, MMS or RCS."""
        if channel_of(user) not in ("sms", "rcs"):
            return Understood()
        word = body.strip().upper()
        meaning, told, reply = self._read(word, without_channel(number))
        if meaning is None:
            return Understood()
        pair = self._pair(user, number)
        was_blocked = pair in self._blocked
        if meaning == "STOP":
            self._blocked.add(pair)
        elif meaning == "START":
            self._blocked.discard(pair)
        changes = was_blocked != (pair in self._blocked)
        is_answered = changes or (meaning == "HELP" and not was_blocked)
        return Understood(meaning, told, reply if is_answered else "")

    def _read(self, word: str, number: str) -> tuple[OptOutType | None, str, str]:
        """The meaning, OptOutType, and the answer."""
        service = self._exchange.services.of(number)
        advanced = service.opt_out if service else None
        told = advanced.meaning(word) if advanced else None
        if kind_of(number) == "toll-free" and word in ("STOP", "START", "UNSTOP"):
            meaning: OptOutType = "STOP" if word == "STOP" else "START"
            return meaning, told or "", _NETWORK_STOP if word == "STOP" else _NETWORK_START.format(word.lower())
        if advanced:
            return told, told or "", advanced.answer(told) if told else ""
        if kind_of(number) != "long code":
            return None, "", ""
        words = self._default_words()
        understood = words.meaning(word)
        return understood, "", words.answer(understood) if understood else ""

    def _default_words(self) -> OptOutWords:
        if self._exchange.switches.french_opt_out_words == "yes":
            return OptOutWords(stop=STOP_WORDS | FRENCH_STOP_WORDS)
        return OptOutWords()

    def _pair(self, user: str, sender: str) -> tuple[str, str]:
        """SMS, MMS and RCS of a sender or service share one block."""
        service = self._exchange.services.of(without_channel(sender))
        shared = channel_of(user) in ("sms", "rcs")
        return without_channel(user) if shared else user, service.sid if service else without_channel(sender)


def _upper(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word.upper() for word in words)
