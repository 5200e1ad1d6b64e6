"""The exchange: the numbers of one account, the telephones of the world, the legs between them and everything
that was sent. It is the one object that all other parts share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random, SystemRandom

from simulator.calls.calls import Calls
from simulator.calls.legs import Direction, Input, Leg, Status
from simulator.calls.sip import SipDomain
from simulator.calls.sounds import Sound, after, seconds_of
from simulator.clock import Clock, Crash
from simulator.events import (
    Alerted,
    Bridged,
    Event,
    Heard,
    KeyPressed,
    LegAnswered,
    LegEnded,
    LegRings,
    Spoke,
    TextSent,
)
from simulator.faults import Upset, Upsets
from simulator.numbers.addresses import is_short_code
from simulator.numbers.applications import Applications
from simulator.numbers.parties import kind_of
from simulator.numbers.places import is_e164
from simulator.people.telephones import Telephone
from simulator.recordings.recordings import Recordings
from simulator.recordings.transcriptions import Transcription
from simulator.rooms.queues import Queues
from simulator.rooms.rooms import Rooms
from simulator.switches import Switches
from simulator.texts.inbound import Inbound
from simulator.texts.media import Media
from simulator.texts.messages import Messages
from simulator.texts.optout import OptOuts
from simulator.texts.services import Services
from simulator.webhooks.callbacks import Callbacks
from simulator.webhooks.webhooks import Trouble, Way, Webhooks

log = logging.getLogger(__name__)


@dataclass
class Number:
    """One of the account's own numbers."""

    sid: str
    phone_number: str
    friendly_name: str
    created_at: datetime
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    voice_application_sid: str = ""  # this and the two below override the URLs
    sms_application_sid: str = ""
    trunk_sid: str = ""
    voice_caller_id_lookup: bool = False
    voice_receive_mode: str = "voice"
    emergency_address_sid: str = ""
    takes_texts: bool = True
    loses_texts_as: int | None = None  # such as 30034: carriers take no texts of an unregistered number
    updated_at: datetime | None = None

    def __str__(self) -> str:
        return self.phone_number


@dataclass(frozen=True)
class Fault:
    """A rule of TwiML that the service broke, or something that this simulator does not play yet."""

    complaint: str
    url: str
    call_sid: str

    def __str__(self) -> str:
        return f"{self.complaint} (document {self.url or 'given by REST'}, leg {self.call_sid or 'none'})"


@dataclass(frozen=True)
class Alert:
    """An entry of Twilio's debugger."""

    at: datetime
    code: int
    message: str
    url: str
    call_sid: str


class TwimlFaultError(AssertionError):
    """Raised at the next settle in strict mode; names every new fault."""


class Exchange:
    """`send` is the way to the service: a httpx transport or client (asgi.AsgiTransport calls it in this
    loop). `seed` makes every sid and chance repeatable; None draws fresh ones, as a service that keeps its
    data needs."""

    def __init__(
        self,
        clock: Clock,
        *,
        account_sid: str = "AC" + "0" * 31 + "1",
        auth_token: str = "12345678901234567890123456789012",
        send: Way,
        switches: Switches | None = None,
        strict: bool = True,
        seed: int | None = 0,
        speech_rate: float = 15.0,
        play_seconds: float = 10.0,
        recording_delay: float = 3.0,
        calls_per_second: float = 1.0,
        extra_ring: float = 5.0,
        concurrent_calls: int | None = None,
        rest_base: str = "https://api.twilio.com",
    ) -> None:
        self.clock, self.account_sid, self.auth_token = clock, account_sid, auth_token
        self.strict, self.speech_rate, self.play_seconds = strict, speech_rate, play_seconds
        self.recording_delay, self.calls_per_second, self.rest_base = (
            recording_delay,
            calls_per_second,
            rest_base,
        )
        self.extra_ring, self.concurrent_calls = extra_ring, concurrent_calls
        self.switches = switches or Switches()
        self._sids: Random = Random(seed) if seed is not None else SystemRandom()
        chance = Random(seed) if seed is not None else SystemRandom()
        self.numbers: dict[str, Number] = {}
        self.verified: set[str] = set()  # numbers of others that may be shown as caller
        self.closed_countries: set[str] = set()  # such as "LV": no permission to call there
        self.api_keys: dict[str, str] = {}  # SK... and its secret
        self.sip_domains: dict[str, SipDomain] = {}
        self.phones: list[Telephone] = []
        self._phone_of: dict[str, Telephone] = {}
        self.legs: dict[str, Leg] = {}
        self.events: list[Event] = []
        self.faults: list[Fault] = []
        self.alerts: list[Alert] = []
        self._told = 0  # faults raised so far
        self._watchers: list[Callable[[Event], None]] = []
        self.upsets = Upsets(clock)
        self.webhooks = Webhooks(
            send, clock, auth_token, lambda: self.switches, lambda: self.sid(""), self.report, self.upsets
        )
        self.requests = self.webhooks.requests
        self.callbacks = Callbacks(
            self.webhooks,
            clock,
            account_sid,
            lambda: self.switches,
            chance,
            lambda code, message, url: self.note(code, message, url),
        )
        self.recordings = Recordings(self)
        self.transcriptions: list[Transcription] = []
        self.applications = Applications(self)
        self.services = Services(self)
        self.opt_outs = OptOuts(self)
        self.messages = Messages(self)
        self.inbound = Inbound(self)
        self.calls = Calls(self)
        self.rooms = Rooms(self)
        self.queues = Queues(self)
        clock.add_check(self.raise_faults)
        clock.on_crash(self._crashed)

    # -- the world

    def add_number(
        self,
        number: str,
        *,
        voice_url: str = "",
        voice_fallback_url: str = "",
        status_callback: str = "",
        sms_url: str = "",
        sms_fallback_url: str = "",
        friendly_name: str = "",
    ) -> Number:
        if not is_e164(number) and not is_short_code(number):
            raise ValueError(f"{number!r} is neither E.164 nor a short code")
        added = Number(
            self.sid("PN"),
            number,
            friendly_name or number,
            self.clock.now(),
            voice_url=voice_url,
            voice_fallback_url=voice_fallback_url,
            status_callback=status_callback,
            sms_url=sms_url,
            sms_fallback_url=sms_fallback_url,
        )
        self.numbers[number] = added
        return added

    def add_sip_domain(self, name: str, *, voice_url: str, voice_fallback_url: str = "") -> SipDomain:
        """Calls to sip:anybody@name run its voice URL."""
        added = SipDomain(self.sid("SD"), name, voice_url, voice_fallback_url=voice_fallback_url)
        self.sip_domains[name] = added
        return added

    def phone(self, number: str | None, name: str = "") -> Telephone:
        """Creates or finds a telephone; None is a new one that withholds its number."""
        found = self.find_phone(number) if number is not None else None
        if found is None:
            found = self._added(Telephone(number, name or number or "withheld"))
        found.has_person = True
        found.name = name or found.name
        return found

    def find_phone(self, number: str) -> Telephone | None:
        return self._phone_of.get(number)

    def reach(self, number: str) -> Telephone:
        """The telephone of any number; one that nobody holds rings and is never answered."""
        found = self.find_phone(number)
        if found is None:
            found = self._added(Telephone(number, number, has_person=False))
        return found

    def _added(self, phone: Telephone) -> Telephone:
        self.phones.append(phone)
        if phone.number is not None:
            self._phone_of[phone.number] = phone
        return phone

    def watch(self, callback: Callable[[Event], None]) -> None:
        """`callback` is called with everything that happens, at once and in order."""
        self._watchers.append(callback)

    def disturb(self, trouble: Trouble | Upset) -> None:
        """Lets the way to the service be slow or broken, or something befall one exchange with it."""
        if isinstance(trouble, Upset):
            self.upsets.waiting.append(trouble)
        else:
            self.webhooks.troubles.append(trouble)

    def report(self, event: Event) -> None:
        self.events.append(event)
        for watcher in self._watchers:
            watcher(event)

    # -- faults

    def complain(self, complaint: str, url: str, leg: Leg | None = None, code: int = 12200) -> None:
        self.note(code, complaint, url, leg)
        if self.strict:
            self.faults.append(Fault(complaint, url, leg.sid if leg else ""))

    def note(self, code: int, message: str, url: str, leg: Leg | None = None) -> None:
        now = self.clock.now()
        self.alerts.append(Alert(now, code, message, url, leg.sid if leg else ""))
        self.report(Alerted(now, leg, code, message, url))

    def _crashed(self, crash: Crash) -> None:
        """An error of our own ends the call that met it and is told as an internal one (2.6); all else goes on."""
        leg = crash.of if isinstance(crash.of, Leg) else None
        log.error("%s broke", crash.name, exc_info=crash.error)
        self.note(12400, f"internal error in {crash.name}: {crash.error!r}", "", leg)
        if leg is not None:
            leg.ends("failed")

    def raise_faults(self) -> None:
        fresh, self._told = self.faults[self._told :], len(self.faults)
        if fresh:
            raise TwimlFaultError("; ".join(str(fault) for fault in fresh))

    # -- legs

    def sid(self, prefix: str) -> str:
        return f"{prefix}{self._sids.getrandbits(128):032x}"

    def new_leg(self, direction: Direction, from_: str, to: str, status: Status, parent: Leg | None = None) -> Leg:
        leg = Leg(self.sid("CA"), direction, from_, to, self.clock, self.clock.now(), status, parent=parent)
        leg.on_change.append(self.announce)
        leg.on_sound = self._heard
        self.legs[leg.sid] = leg
        return leg

    def announce(self, leg: Leg) -> None:
        """A leg has a new status: whoever subscribed and whoever watches is told."""
        now = self.clock.now()
        self.callbacks.progress(leg)
        if leg.status == "ringing":
            self.report(LegRings(now, leg))
        elif leg.is_live:
            self.report(LegAnswered(now, leg))
        elif leg.is_over:
            self.report(LegEnded(now, leg, leg.status))

    def _heard(self, leg: Leg, sound: Sound) -> None:
        self.report(Heard(sound.at, leg, sound.kind, sound.text, sound.manner.language, sound.manner.voice))

    def bridged(self, leg: Leg, other: Leg) -> None:
        self.report(Bridged(self.clock.now(), leg, other))

    def unanswered_status(self, leg: Leg) -> Status:
        if leg.direction == "inbound":
            return self.switches.unanswered_parent_final
        return "completed" if leg.is_live else "canceled"

    # -- what people do

    def hang_up(self, leg: Leg) -> None:
        leg.ends(self.unanswered_status(leg))

    def refer(self, leg: Leg, target: str) -> bool:
        """A SIP telephone hands the other one over to `target` (4.3). False if it is none, or nobody lets it."""
        if leg.on_refer is None or leg.phone is None or kind_of(leg.phone.number or "") != "sip":
            return False
        leg.on_refer(leg, target)
        return True

    def press(self, leg: Leg, key: str) -> bool:
        """False if nobody listened. Whether such a key is kept for the next question is a switch."""
        pressed = Input(self.clock.now(), key=key)
        self.report(KeyPressed(pressed.at, leg, key))
        onward = [far.onward for far in leg.company if far.onward is not None]
        is_taken = leg.gives(pressed) or any(far.gives(pressed) for far in onward)
        if not is_taken and not leg.company and self.switches.early_keys == "buffered":
            leg.early_keys.append(pressed)
        return is_taken

    def speaks(self, leg: Leg, text: str, seconds: float) -> bool:
        """Words or just talk (text empty): heard by the other parties, a speech Gather or a recording."""
        now = self.clock.now()
        self.report(Spoke(now, leg, text, seconds))
        leg.said.append(Sound("talk", now, after(now, seconds), text, seconds))
        if leg.participant is not None:
            leg.participant.room.is_spoken_by(leg.participant, seconds)
        for other in leg.hearers:
            other.begins("talk", text, seconds)
            if other.onward is not None:
                other.onward.gives(Input(now, text=text, seconds=seconds))
        if leg.company:
            return True
        return leg.gives(Input(now, text=text, seconds=seconds))

    def texted(self, from_: str, to: str, body: str, files: Sequence[Media] = ()) -> None:
        self.report(TextSent(self.clock.now(), None, from_, to, body, tuple(files)))

    def speech_seconds(self, text: str) -> float:
        return seconds_of(text, self.speech_rate)
