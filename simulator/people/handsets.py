"""Telephones in people's hands: everything a person can do with one, and everything one can say of it. Each
method lets time pass until what it waits for has happened, or fails with the whole board. Where a person is, is in
whereabouts.py; story.py is the same without `await`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

from simulator.calls.legs import Leg
from simulator.calls.sounds import longest_silence
from simulator.exchange import Exchange, Number
from simulator.numbers.addresses import Channel
from simulator.people.telephones import Telephone, Text
from simulator.people.whereabouts import Whereabouts
from simulator.texts.media import Attachment

PROMPT = 30.0  # seconds of the clock that a person waits for something to be said or asked
ACCEPT, DECLINE = "1", "2"
TOLERANCE = 1.0  # seconds by which a ring may be longer or shorter than told


class Handset(Whereabouts):
    """One person with one telephone. Several legs may exist; the one in use is meant."""

    def __init__(self, exchange: Exchange, telephone: Telephone) -> None:
        super().__init__(exchange, telephone)
        self._seen: set[str] = set()  # rings that the story has spoken of

    @property
    def texts(self) -> list[Text]:
        return self.telephone.texts

    # -- what its telephone does by itself

    def has_voicemail(self, after_seconds: float = 12, greeting_seconds: float = 8, *, beeps: bool = True) -> Self:
        self.telephone.has_voicemail(after_seconds, greeting_seconds, beeps=beeps)
        return self

    def is_fax(self, after_seconds: float = 5) -> Self:
        self.telephone.is_fax(after_seconds)
        return self

    def is_busy(self) -> Self:
        self.telephone.is_busy()
        return self

    def fails(self) -> Self:
        self.telephone.fails()
        return self

    def forwards_to(self, line: str | Number) -> Self:
        self.telephone.forwards_to(str(line))
        return self

    def is_a_landline(self, *, refused_at_once: bool = False) -> Self:
        self.telephone.is_a_landline(refused_at_once=refused_at_once)
        return self

    def loses_texts(self, code: int = 30003) -> Self:
        self.telephone.loses_texts(code)
        return self

    def gives_no_receipts(self) -> Self:
        self.telephone.gives_receipts = False
        return self

    def is_listed_as(self, name: str, *, business: bool = False) -> Self:
        """The name that Lookup finds."""
        self.telephone.listed_name, self.telephone.is_business = name, business
        return self

    def is_well(self) -> Self:
        self.telephone.is_well()
        return self

    # -- calling and being called

    async def dials(
        self, line: str | Number, *, forwarded_from: str = "", username: str = "", told: dict[str, str] | None = None
    ) -> Self:
        """A number; from client: also the sid of an application, which is `told` more; from sip: also anybody at a
        SIP domain, with the `username` of its credentials."""
        self.exchange.calls.comes_in(self.telephone, str(line), forwarded_from, username=username, told=told)
        await self.clock.settle()
        return self

    async def refers_to(self, address: str) -> Self:
        """A SIP telephone hands over the one that it talks with."""
        if not self.exchange.refer(self.leg, address):
            self._fails(f"cannot refer to {address}: its Dial has no referUrl, or it is no SIP telephone")
        await self.clock.settle()
        return self

    async def rings(
        self,
        within: float = PROMPT,
        *,
        from_: str | Number | None = None,
        for_seconds: float | None = None,
    ) -> Self:
        """Waits until it rings. With `for_seconds`: rings that long, unanswered, and then stops."""
        if not await self.clock.until(lambda: self.telephone.ringing is not None, within):
            self._fails(f"does not ring within {within:g} s")
        leg = self.telephone.ringing
        assert leg is not None
        self._seen.add(leg.sid)
        if from_ is not None and leg.from_ != str(from_):
            self._fails(f"rings from {leg.from_}, not from {from_}")
        if for_seconds is not None:
            await self._rings_out(leg, for_seconds)
        return self

    async def _rings_out(self, leg: Leg, seconds: float) -> None:
        if not await self.clock.until(lambda: leg.status != "ringing", seconds + PROMPT):
            self._fails(f"still rings after {seconds + PROMPT:g} s")
        if leg.answered_at is not None:
            self._fails("was answered while it should have rung out")
        assert leg.ringing_at is not None and leg.ended_at is not None
        rang = (leg.ended_at - leg.ringing_at).total_seconds()
        if abs(rang - seconds) > TOLERANCE:
            self._fails(f"rang for {rang:g} s, not for {seconds:g} s")

    async def does_not_ring(self, for_seconds: float = 0) -> Self:
        """Neither rings now nor has rung since the story last spoke of it; `for_seconds` more pass so."""
        await self.clock.passes(for_seconds)
        unseen = [leg for leg in self.telephone.legs if leg.direction != "inbound" and leg.ringing_at]
        if unseen := [leg for leg in unseen if leg.sid not in self._seen]:
            self._fails(f"should not ring, but {len(unseen)} call(s) came, the last from {unseen[-1].from_}")
        if self.telephone.ringing:
            self._fails("should not ring, but rings")
        return self

    async def answers(self) -> Self:
        leg = self.telephone.ringing
        if leg is None:
            self._fails("cannot answer: it does not ring")
        self._seen.add(leg.sid)
        leg.answers()
        await self.clock.settle()
        return self

    async def rejects(self) -> Self:
        """The caller's side gets the busy signal."""
        leg = self.telephone.ringing
        if leg is None:
            self._fails("cannot reject: it does not ring")
        self._seen.add(leg.sid)
        leg.ends("busy")
        await self.clock.settle()
        return self

    async def hangs_up(self) -> Self:
        leg = self.leg
        if leg.is_over:
            self._fails("cannot hang up: the call is over")
        self.exchange.hang_up(leg)
        await self.clock.settle()
        return self

    # -- screening

    async def accepts(self) -> Self:
        """Answers if it rings, presses 1 when asked, and talks with somebody."""
        await self._answers_and_presses(ACCEPT)
        leg = self.leg
        if not await self.clock.until(lambda: bool(leg.company) or leg.is_over, PROMPT):
            self._fails("pressed 1 but is not connected to anybody")
        if not leg.company:
            self._fails("pressed 1 but the call ended")
        return self

    async def declines(self) -> Self:
        """Answers if it rings, and presses 2 when asked."""
        return await self._answers_and_presses(DECLINE)

    async def _answers_and_presses(self, key: str) -> Self:
        if self.telephone.ringing is not None:
            await self.answers()
        return await self.presses(key)

    # -- hearing

    async def hears(self, text: str, within: float = PROMPT) -> Self:
        """A part of what was said on this call so far, upper and lower case alike."""
        leg = self.leg
        if not await self.clock.until(lambda: _holds(leg.heard(), text), within):
            self._fails(f'does not hear "{text}" within {within:g} s; it heard "{leg.heard()}"')
        return self

    async def hears_not(self, text: str) -> Self:
        """Not on this call so far."""
        await self.clock.settle()
        if _holds(self.leg.heard(), text):
            self._fails(f'should not have heard "{text}"; it heard "{self.leg.heard()}"')
        return self

    async def heard_no_silence_longer_than(self, seconds: float) -> Self:
        """Since the call was answered. The gap in which the callee is screened does not count, nor does the
        time in which this person was asked for keys or a message."""
        await self.clock.settle()
        leg = self.leg
        if leg.answered_at is None:
            self._fails("was never connected, so that nothing could be heard")
        longest, began = longest_silence(leg.sounds, leg.answered_at, leg.ended_at or self.clock.now())
        if longest > seconds:
            self._fails(f"heard silence for {longest:g} s from {began:%H:%M:%S}")
        return self

    async def heard_beep(self, times: int | None = None) -> Self:
        """On this call so far: of a conference that somebody joins or leaves, or before a recording."""
        await self.clock.settle()
        beeps = sum(sound.kind == "tone" and sound.text == "beep" for sound in self.leg.sounds)
        if beeps == 0 if times is None else beeps != times:
            self._fails(f"should have heard {'a beep' if times is None else f'{times} beep(s)'}, but heard {beeps}")
        return self

    async def heard_no_beep(self) -> Self:
        return await self.heard_beep(0)

    # -- doing

    async def presses(self, keys: str, *, at_once: bool = False) -> Self:
        """Waits for somebody to listen, unless `at_once`; a key that nobody listens for is lost."""
        leg = self.leg
        for key in keys:
            if not at_once:
                await self._is_asked(lambda: leg.ear is not None and leg.ear.keys, f"the key {key}")
            self.exchange.press(leg, key)
            await self.clock.settle()
        return self

    async def says(self, words: str) -> Self:
        """To whoever listens: a question that takes speech, the others on the line, a recording."""
        leg = self.leg
        await self._is_asked(lambda: bool(leg.company) or (leg.ear is not None and leg.ear.speech), f'"{words}"')
        seconds = self.exchange.speech_seconds(words)
        self.exchange.speaks(leg, words, seconds)
        await self.clock.passes(seconds)
        return self

    async def speaks(self, seconds: float = 8) -> Self:
        """Talks, into a recording or to the others on the line."""
        leg = self.leg
        await self._is_asked(lambda: bool(leg.company) or (leg.ear is not None and leg.ear.noise), "a message")
        self.exchange.speaks(leg, "", seconds)
        await self.clock.passes(seconds)
        return self

    async def stays_silent(self, within: float = 120) -> Self:
        """Does nothing until the question now asked (or the next one) is over, or the call is."""
        leg = self.leg
        await self.clock.until(lambda: leg.is_over or leg.ear is not None, PROMPT)
        asked = leg.ear
        if not await self.clock.until(lambda: leg.is_over or leg.ear is not asked, within):
            self._fails(f"stayed silent for {within:g} s and nothing came of it")
        return self

    async def _is_asked(self, question: Callable[[], bool], answer: str) -> None:
        leg = self.leg
        await self.clock.until(lambda: leg.is_over or question(), PROMPT)
        if not question():
            why = "the call is over" if leg.is_over else f"nobody asked within {PROMPT:g} s"
            self._fails(f"cannot give {answer}: {why}")

    async def has_ended(self, within: float = PROMPT) -> Self:
        leg = self.leg
        if not await self.clock.until(lambda: leg.is_over, within):
            self._fails(f"is still in the call after {within:g} s")
        return self

    async def is_still_on(self) -> Self:
        await self.clock.settle()
        if self.leg.is_over:
            self._fails("should still be in the call")
        return self

    async def sends_text(
        self,
        line: str | Number,
        body: str = "",
        *,
        media: Sequence[str | Attachment] = (),
        channel: Channel = "sms",
    ) -> Self:
        """`media`: names of files, such as "photo.jpg", or the files themselves."""
        self.exchange.inbound.comes_in(self.telephone, str(line), body, media=media, channel=channel)
        await self.clock.settle()
        return self

    async def reads_texts(self) -> Self:
        """Looks at all that it got; some channels tell the sender."""
        for text in self.telephone.texts:
            if message := self.exchange.messages.find(text.sid):
                self.exchange.messages.is_read(message)
        await self.clock.settle()
        return self

    async def got_text(self, containing: str = "", *, within: float = PROMPT, times: int | None = None) -> Self:
        """At least one, or exactly so many `times`."""

        def got() -> list[str]:
            return [text.body for text in self.telephone.texts if _holds(text.body, containing)]

        if not await self.clock.until(lambda: bool(got()), within):
            bodies = [text.body for text in self.telephone.texts]
            self._fails(f'got no text containing "{containing}" within {within:g} s, but {bodies}')
        if times is not None and len(got()) != times:
            self._fails(f'should have got {times} text(s) containing "{containing}", but got {got()}')
        return self

    async def got_no_text(self, containing: str = "") -> Self:
        await self.clock.settle()
        if found := [text.body for text in self.telephone.texts if _holds(text.body, containing)]:
            self._fails(f"should have got no such text, but got {found}")
        return self


def _holds(whole: str, part: str) -> bool:
    return " ".join(part.lower().split()) in " ".join(whole.lower().split())
