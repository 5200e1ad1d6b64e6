"""One leg's way through documents: request one, play its verbs from top to bottom, follow where a verb leads,
until nothing follows (twilio.md 4 and 2.4). A verb answers with what comes next: None (the verb below it),
Fetch or Stop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from simulator.calls.legs import Fetch, HungUpError, Leg, MovedError, Twiml
from simulator.calls.outcomes import Outcome, Stop
from simulator.twiml.reading import Document, Element, NotTwimlError, Place, read
from simulator.twiml.schema import TABLE
from simulator.verbs import VERBS
from simulator.webhooks.params import standard
from simulator.webhooks.webhooks import Failure, Request

if TYPE_CHECKING:
    from simulator.exchange import Exchange

APOLOGY = "We're sorry, an application error has occurred. Goodbye."
MOST_IN_A_ROW = 50  # documents that hold nothing but a Redirect


Verb = Callable[["Reading", Element], Awaitable[Outcome]]
_XML = ("text/xml", "application/xml", "text/html")


class Reading:
    """One leg reading one document after the other. `place`: "screening" is of a Number's url, on the child
    (5.2); the music of a conference or a queue is read by music.py."""

    def __init__(self, exchange: Exchange, leg: Leg, place: Place = "call") -> None:
        self.exchange, self.leg, self.place = exchange, leg, place
        self.document = Document((), None)
        self.is_first_verb = True
        self._onwards = 0  # documents in a row that only led on
        self._has_fallen = False  # the fallback was asked in this row

    async def through(self, start: Fetch | Twiml) -> bool:
        """True if the last document came to its end; False if a verb or an error hung up. Raises HungUpError
        when the leg ends meanwhile, and in screening MovedError when REST takes the leg away."""
        following: Fetch | Twiml | None = start
        while following is not None:
            try:
                document = await self._obtain(following)
                if document is None:
                    return False
                self.document = document
                outcome = await self._play(document)
            except MovedError as moved:
                if self.place == "screening":
                    raise
                following = moved.to
                self._begins_anew()
                continue
            if isinstance(outcome, Stop):
                self.leg.ends(outcome.status)
                return False
            following = outcome if isinstance(outcome, Fetch) else None
        return True

    async def lives(self, start: Fetch | Twiml) -> None:
        """Reads until the documents end, and is then hung up."""
        try:
            if await self.through(start):
                self.leg.ends(self.exchange.unanswered_status(self.leg))
        except HungUpError:
            return

    def of(self, leg: Leg, place: Place = "call") -> Reading:
        return Reading(self.exchange, leg, place)

    async def ask(self, fetch: Fetch) -> Request | Failure:
        """Requests with the standard parameters of this moment, and takes the answer for TwiML or not."""
        leg, switches = self.leg, self.exchange.switches
        params = standard(self.exchange.account_sid, leg) | fetch.params
        if leg.has_asked and leg.status == "ringing" and leg.direction == "inbound":
            params["CallStatus"] = switches.call_status_before_bridge
        leg.has_asked = True
        return await self.exchange.webhooks.ask("twiml", fetch.method, fetch.url, params, self.leg)

    async def fetched(self, fetch: Fetch) -> Document | Failure:
        """With no fallback and no apology: what is read beside the call's own documents."""
        return self.led_too_far(fetch) or self.reads(await self.ask(fetch))

    def tells(self, fetch: Fetch) -> None:
        """The answer is thrown away: the leg is over, or has been given another document, and waits for nothing."""

        async def asks() -> None:
            await self.ask(fetch)

        self.exchange.clock.spawn(asks(), f"request of {self.leg.sid} that nobody waits for", self.leg)

    async def _waits_for(self, fetch: Fetch) -> Document | Failure:
        """Not longer than until the leg is over, or REST gives it another document (5.6)."""
        answers: list[Request | Failure] = []

        async def asks() -> None:
            answers.append(await self.ask(fetch))

        asked = self.exchange.clock.spawn(asks(), f"document for {self.leg.sid}", self.leg)
        await self.leg.wait(asked)
        return self.reads(answers[0])

    async def _obtain(self, wanted: Fetch | Twiml) -> Document | None:
        """The document, its fallback's, or None after the apology has been heard. A fallback that leads straight to
        another failure has failed as well."""
        document = await self._first_of(wanted)
        if isinstance(document, Document):
            return document
        self.exchange.note(document.code, document.message, document.url, self.leg)
        fallback = self.leg.fallback
        if fallback is not None and not self._has_fallen:
            self._has_fallen = True
            error = {"ErrorCode": str(document.code), "ErrorUrl": document.url}
            document = await self._waits_for(Fetch(fallback.url, fallback.method, error))
            if isinstance(document, Document):
                return document
            self.exchange.note(document.code, document.message, document.url, self.leg)
        await self._apologise()
        return None

    async def _first_of(self, wanted: Fetch | Twiml) -> Document | Failure:
        if isinstance(wanted, Twiml):
            return self._understood(wanted.body, "text/xml", None)
        return self.led_too_far(wanted) or await self._waits_for(wanted)

    def led_too_far(self, to: Fetch) -> Failure | None:
        """Why `to` is not asked for, after too many documents that only led on."""
        if self._onwards < MOST_IN_A_ROW:
            return None
        return Failure(11215, f"{MOST_IN_A_ROW} documents in a row hold nothing but a <Redirect>", to.url)

    def counts(self, verb: Element) -> None:
        """Every verb that is played, for led_too_far()."""
        if verb.name == "Redirect":
            self._onwards += 1
        else:
            self._begins_anew()

    def _begins_anew(self) -> None:
        self._onwards, self._has_fallen = 0, False

    async def _apologise(self) -> None:
        self.leg.answers()
        await self.leg.hears("speech", APOLOGY, self.exchange.speech_seconds(APOLOGY))
        self.leg.ends("completed")

    def reads(self, answer: Request | Failure) -> Document | Failure:
        """What was answered, as a document (2.5)."""
        if isinstance(answer, Failure):
            return answer
        kind = answer.content_type.partition(";")[0].strip().lower()
        if kind.startswith("audio/"):
            music = Element("Play", {}, answer.address)
            is_music = self.place in ("conference", "queue", "announcement")
            return Document((music,) if is_music else (music, Element("Hangup", {}, "")), answer.address)
        if kind not in (*_XML, "text/plain"):
            return Failure(12300, f"content type {kind or 'missing'}", answer.address)
        return self._understood(answer.body, kind, answer.address)

    def _understood(self, body: str, kind: str, base: str | None) -> Document | Failure:
        try:
            document = read(body, base, self.place)
        except NotTwimlError as error:
            if kind == "text/plain" and body:
                return Document((Element("Say", {}, body), Element("Hangup", {}, "")), base)
            return Failure(12100, str(error), base or "")
        for complaint in document.complaints:
            self.exchange.complain(complaint, base or "", self.leg)
        return document

    async def _play(self, document: Document) -> Outcome:
        for place, verb in enumerate(document.verbs):
            self.is_first_verb = place == 0
            if not self._may_stay_unanswered(verb):
                self.leg.answers()
            self.leg.checks()
            if not self.is_played(verb):
                continue
            self.counts(verb)
            outcome = await VERBS[verb.name](self, verb)
            if outcome is not None:
                return outcome
        self.leg.checks()
        self._end_of_document()
        return None

    def _may_stay_unanswered(self, verb: Element) -> bool:
        """What does not answer an inbound call: Reject, a Redirect, and a Dial with answerOnBridge as first
        verb."""
        switches = self.exchange.switches
        if verb.name == "Dial":
            may_go_on = not self.leg.children or switches.second_answer_on_bridge == "keeps ringing"
            return verb.flag("answerOnBridge") and self.is_first_verb and may_go_on
        if verb.name == "Pause":
            return switches.pause_before_answer == "delays the answer"
        return verb.name in ("Reject", "Redirect")

    def is_played(self, verb: Element) -> bool:
        """False, and a complaint, for what is known but not played. An attribute that says its default asks
        nothing."""
        for element in (verb, *verb.children):
            row = TABLE[element.name]
            missing = [] if row.played else [f"<{element.name}>"]
            missing += [
                f"<{element.name} {name}>"
                for name in sorted(row.unplayed)
                if name in element.given and element.given[name] != row.attributes[name].default
            ]
            if missing:
                self.exchange.complain(f"{missing[0]} is not played yet", self.document.base or "", self.leg)
                return False
        return True

    def _end_of_document(self) -> None:
        """Nothing to do answers a ringing call and ends it; one whose Dial found nobody stays unanswered."""
        if not self.leg.children and self.place == "call":
            self.leg.answers()
