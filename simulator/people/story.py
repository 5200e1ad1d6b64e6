"""The handsets of handsets.py for tests that read like a story: no `await`, every act lets the clock settle,
every act returns the handset so that acts chain. `run` drives the loop, as asyncio.Runner().run does."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Self

from simulator.calls.legs import Leg
from simulator.clock import Clock
from simulator.exchange import Exchange, Number
from simulator.numbers.addresses import Channel
from simulator.people.handsets import PROMPT, Handset
from simulator.people.telephones import Telephone, Text
from simulator.rooms.rooms import Conference
from simulator.texts.media import Attachment

Run = Callable[[Coroutine[Any, Any, Any]], Any]


class StoryClock:
    def __init__(self, clock: Clock, run: Run) -> None:
        self._clock, self._run = clock, run

    def now(self) -> datetime:
        return self._clock.now()

    def passes(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self._run(self._clock.passes(hours * 3600 + minutes * 60 + seconds))

    def settle(self) -> None:
        self._run(self._clock.settle())


class StoryHandset:
    """See Handset for what each act does; `hand` is the handset itself."""

    def __init__(self, hand: Handset, run: Run) -> None:
        self.hand, self._run = hand, run

    def __str__(self) -> str:
        return str(self.hand)

    @property
    def phone(self) -> Telephone:
        return self.hand.telephone

    @property
    def leg(self) -> Leg:
        return self.hand.leg

    @property
    def texts(self) -> list[Text]:
        return self.hand.texts

    def has_voicemail(self, after_seconds: float = 12, greeting_seconds: float = 8, *, beeps: bool = True) -> Self:
        self.hand.has_voicemail(after_seconds, greeting_seconds, beeps=beeps)
        return self

    def is_fax(self, after_seconds: float = 5) -> Self:
        self.hand.is_fax(after_seconds)
        return self

    def is_busy(self) -> Self:
        self.hand.is_busy()
        return self

    def fails(self) -> Self:
        self.hand.fails()
        return self

    def forwards_to(self, line: str | Number) -> Self:
        self.hand.forwards_to(line)
        return self

    def is_a_landline(self, *, refused_at_once: bool = False) -> Self:
        self.hand.is_a_landline(refused_at_once=refused_at_once)
        return self

    def loses_texts(self, code: int = 30003) -> Self:
        self.hand.loses_texts(code)
        return self

    def gives_no_receipts(self) -> Self:
        self.hand.gives_no_receipts()
        return self

    def is_listed_as(self, name: str, *, business: bool = False) -> Self:
        self.hand.is_listed_as(name, business=business)
        return self

    def is_well(self) -> Self:
        self.hand.is_well()
        return self

    def dials(
        self, line: str | Number, *, forwarded_from: str = "", username: str = "", told: dict[str, str] | None = None
    ) -> Self:
        self._run(self.hand.dials(line, forwarded_from=forwarded_from, username=username, told=told))
        return self

    def refers_to(self, address: str) -> Self:
        self._run(self.hand.refers_to(address))
        return self

    def rings(
        self,
        within: float = PROMPT,
        *,
        from_: str | Number | None = None,
        for_seconds: float | None = None,
    ) -> Self:
        self._run(self.hand.rings(within, from_=from_, for_seconds=for_seconds))
        return self

    def does_not_ring(self, for_seconds: float = 0) -> Self:
        self._run(self.hand.does_not_ring(for_seconds))
        return self

    def answers(self) -> Self:
        self._run(self.hand.answers())
        return self

    def rejects(self) -> Self:
        self._run(self.hand.rejects())
        return self

    def hangs_up(self) -> Self:
        self._run(self.hand.hangs_up())
        return self

    def accepts(self) -> Self:
        self._run(self.hand.accepts())
        return self

    def declines(self) -> Self:
        self._run(self.hand.declines())
        return self

    def hears(self, text: str, within: float = PROMPT) -> Self:
        self._run(self.hand.hears(text, within))
        return self

    def hears_not(self, text: str) -> Self:
        self._run(self.hand.hears_not(text))
        return self

    def heard_no_silence_longer_than(self, seconds: float) -> Self:
        self._run(self.hand.heard_no_silence_longer_than(seconds))
        return self

    def heard_beep(self, times: int | None = None) -> Self:
        self._run(self.hand.heard_beep(times))
        return self

    def heard_no_beep(self) -> Self:
        self._run(self.hand.heard_no_beep())
        return self

    def presses(self, keys: str, *, at_once: bool = False) -> Self:
        self._run(self.hand.presses(keys, at_once=at_once))
        return self

    def says(self, words: str) -> Self:
        self._run(self.hand.says(words))
        return self

    def speaks(self, seconds: float = 8) -> Self:
        self._run(self.hand.speaks(seconds))
        return self

    def stays_silent(self, within: float = 120) -> Self:
        self._run(self.hand.stays_silent(within))
        return self

    def is_connected_to(self, other: StoryHandset, within: float = 10) -> Self:
        self._run(self.hand.is_connected_to(other.hand, within))
        return self

    @property
    def room(self) -> Conference | None:
        return self.hand.room

    @property
    def in_room(self) -> str | None:
        return self.hand.in_room

    @property
    def room_mates(self) -> list[str]:
        return self.hand.room_mates

    @property
    def in_queue(self) -> str | None:
        return self.hand.in_queue

    def is_in_room_with(self, *others: StoryHandset, within: float = 10) -> Self:
        self._run(self.hand.is_in_room_with(*(other.hand for other in others), within=within))
        return self

    def is_alone_in_room(self, within: float = 10) -> Self:
        self._run(self.hand.is_alone_in_room(within))
        return self

    def is_heard_only_by(self, *others: StoryHandset, within: float = 10) -> Self:
        self._run(self.hand.is_heard_only_by(*(other.hand for other in others), within=within))
        return self

    def has_left_room(self, within: float = 10) -> Self:
        self._run(self.hand.has_left_room(within))
        return self

    def is_on_hold(self, within: float = 10) -> Self:
        self._run(self.hand.is_on_hold(within))
        return self

    def has_ended(self, within: float = PROMPT) -> Self:
        self._run(self.hand.has_ended(within))
        return self

    def is_ended(self, within: float = PROMPT) -> Self:
        self._run(self.hand.has_ended(within))
        return self

    def is_still_on(self) -> Self:
        self._run(self.hand.is_still_on())
        return self

    def sends_text(
        self,
        line: str | Number,
        body: str = "",
        *,
        media: Sequence[str | Attachment] = (),
        channel: Channel = "sms",
    ) -> Self:
        self._run(self.hand.sends_text(line, body, media=media, channel=channel))
        return self

    def reads_texts(self) -> Self:
        self._run(self.hand.reads_texts())
        return self

    def got_text(self, containing: str = "", *, within: float = PROMPT, times: int | None = None) -> Self:
        self._run(self.hand.got_text(containing, within=within, times=times))
        return self

    def got_no_text(self, containing: str = "") -> Self:
        self._run(self.hand.got_no_text(containing))
        return self


class Story:
    """One exchange told as a story: `story.phone("+1403...", "Ana")` is a handset, `story.clock` passes
    time."""

    def __init__(self, exchange: Exchange, run: Run) -> None:
        self.exchange, self._run = exchange, run
        self.clock = StoryClock(exchange.clock, run)
        self._handsets: dict[int, StoryHandset] = {}

    def phone(self, number: str | None, name: str = "") -> StoryHandset:
        telephone = self.exchange.phone(number, name)
        if id(telephone) not in self._handsets:
            self._handsets[id(telephone)] = StoryHandset(Handset(self.exchange, telephone), self._run)
        return self._handsets[id(telephone)]
