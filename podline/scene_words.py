"""What a file of scenes may say of the desk itself: who is available, and what should have been kept of a call or of a
conversation in writing."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from callflows.contact import OUTCOMES
from db.presence import UnknownTechnician, set_presence
from db.stories import Wanted, list_contacts, list_events, list_matters
from podline.rehearsal import Rehearsal
from routing.eligible import Refusal
from routing.floor import PresenceState
from routing.hunt import RingResult
from simulator.scenes import Check, Play, Step, Verb, Vocabulary
from simulator.scenes.forms import Form, Name

KEPT_WITHIN = 10.0  # seconds in which the last callback of a call must have arrived
NOBODY = "nobody"
OPEN = "open"
CHANNELS = ("voice", "text")
STATES: Mapping[str, PresenceState] = {"is available": "available", "is away": "away", "is off": "off"}


def listed(known: Iterable[str]) -> str:
    return ", ".join(known).replace("_", " ")


def one_of(what: str, known: tuple[str, ...]) -> Any:
    """Reads a word of ours, also with spaces in it."""

    def read(given: Any) -> str:
        word = str(given).strip().replace(" ", "_")
        if word not in known:
            raise ValueError(f"`{given}` is no {what}: there are {listed(known)}.")
        return word

    return BeforeValidator(read)


def read_rings(given: Any) -> tuple[tuple[str, str], ...]:
    """`- ana declined`, one after another; or `nobody`."""
    if given == NOBODY or given == []:
        return ()
    results = get_args(RingResult)
    rings = []
    for one in given if isinstance(given, list) else [given]:
        technician, _, result = str(one).partition(" ")
        if (word := result.strip().replace(" ", "_")) not in results:
            raise ValueError(f"`{one}` should be a technician and one of {listed(results)}, such as `ana declined`.")
        rings.append((technician, word))
    return tuple(rings)


def read_left_out(given: Any) -> Any:
    return {} if given == NOBODY else given


Technician = Annotated[str, BeforeValidator(str)]


class Contact(BaseModel):
    """What should have been kept of a call or conversation; what is not written is not looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    of: Annotated[Name, BeforeValidator(lambda given: Name(given))] | None = Field(
        default=None, description="Who made the call that is meant, their last one; else it is the last of all."
    )
    channel: Annotated[Literal["voice", "text"], one_of("channel", CHANNELS)] = Field(
        default="voice",
        description="`voice`, also if nothing is said, or `text`: their conversation in writing, whoever wrote first.",
    )
    outcome: Annotated[str, one_of("outcome", (*OUTCOMES, OPEN))] | None = Field(
        default=None, description=f"What came of it: {listed(OUTCOMES)}; or `{OPEN}` while a conversation goes on."
    )
    owner: Technician | None = Field(default=None, description="Whose contact it is in the end, by key; or `nobody`.")
    rings: Annotated[tuple[tuple[str, str], ...], BeforeValidator(read_rings)] | None = Field(
        default=None,
        description=f"Who was rung, one after another, and how each ring ended: {listed(get_args(RingResult))}.",
    )
    left_out: (
        Annotated[
            dict[str, Annotated[str, one_of("reason", get_args(Refusal))]],
            BeforeValidator(read_left_out),
        ]
        | None
    ) = Field(
        default=None,
        alias="left out",
        description=f"Who was not rung, and why: {listed(get_args(Refusal))}; or `nobody`.",
    )
    promise: Technician | None = Field(
        default=None, description="Who owes the client a call back or an answer, by key; or `nobody`."
    )
    client: str | None = Field(default=None, description="Who called or wrote, by key; or `nobody`.")
    municipality: str | None = Field(default=None, description="For which municipality, by key; or `nobody`.")
    pod: str | None = Field(default=None, description="Whose client it is, by key; or `nobody`.")
    language: str | None = Field(default=None, description="In which language it was held.")


def read_contacts(given: Any) -> tuple[Contact, ...]:
    return tuple(Contact.model_validate(one) for one in (given if isinstance(given, list) else [given]))


WORDS = Vocabulary(
    verbs=(
        Verb(Form("is available"), "service", "A technician says so: to the end of their shift, or for 8 hours."),
        Verb(
            Form("is away [for TIME]"),
            "service",
            "A technician says so: for that time, or to the start of their next shift.",
        ),
        Verb(Form("is off"), "service", "A technician says so: to the start of their next shift."),
    ),
    checks=(
        Check("contact", "What was kept of a call or a conversation, or a list of several; see below.", read_contacts),
    ),
)


class Desk:
    """Hosts the scenes of a rehearsal."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._house = rehearsal.house

    async def does(self, play: Play, step: Step) -> None:
        now = play.clock.now()
        seconds = step.values.get("for")
        until = now + timedelta(seconds=seconds) if seconds else None
        number = play.number(Name(step.who))
        technicians = {one.phone: one.technician for one in self._house.desk.directory.technicians}
        key = technicians.get(number, step.who)
        try:
            await set_presence(self._house.desk, key, STATES[step.verb.form.head], until, now, by="scene")
        except UnknownTechnician:
            play.fails(f"{step.who} is no technician of the directory")
        await play.clock.settle()

    async def finds(self, play: Play, check: str, wanted: tuple[Contact, ...]) -> None:
        for one in wanted:
            await self._contact(play, one)

    async def _contact(self, play: Play, wanted: Contact) -> None:
        sid, who = self._call(play, wanted) if wanted.channel == "voice" else self._text(play, wanted)
        contact = await self._kept(play, sid, who, wanted.channel)
        for name, said, found in differences(wanted, contact, await self._promised(contact)):
            play.fails(f"{who}: {name} should be {said}, but is {found}")

    def _call(self, play: Play, wanted: Contact) -> tuple[str, str]:
        """The sid of the call that is meant, and whose it is."""
        phone = play.handset(wanted.of).telephone if wanted.of else None
        legs = [leg for leg in play.exchange.legs.values() if leg.direction == "inbound" and phone in (None, leg.phone)]
        if not legs:
            play.fails(f"{wanted.of or 'nobody'} called nobody" if phone else "nobody has called")
        return legs[-1].sid, legs[-1].phone.name if legs[-1].phone else "somebody"

    def _text(self, play: Play, wanted: Contact) -> tuple[str, str]:
        """The sid of a text of the conversation that is meant, and with whom it is: what technicians write is none."""
        technicians = {one.phone for one in self._house.desk.directory.technicians}
        if wanted.of:
            phone = play.handset(wanted.of).telephone
        else:
            wrote = [one for one in play.exchange.messages.all if one.direction == "inbound"]
            clients = [one.from_ for one in wrote if one.from_ not in technicians]
            if not clients:
                play.fails("no client has written")
            phone = play.exchange.phone(clients[-1])
        sids = [one.sid for one in play.exchange.messages.all if one.from_ == phone.number]
        sids = sids or [text.sid for text in phone.texts]
        if not sids:
            play.fails(f"{phone.name} has written to nobody, and nobody to them")
        return sids[-1], phone.name

    async def _kept(self, play: Play, sid: str, who: str, channel: str) -> Mapping[str, Any]:
        """Of a call once it is over; of a conversation, which stays open for a quiet day, as it is now."""
        ends = play.clock.now() + timedelta(seconds=KEPT_WITHIN)
        while True:
            async with self._house.pool.acquire() as connection:
                found = await list_contacts(connection, Wanted(call_sid=sid))
                stories = await list_events(connection, [one["contact"] for one in found])
            if found and (found[0]["state"] == "closed" or channel == "text"):
                return {**found[0], "events": stories[found[0]["contact"]]}
            if play.clock.now() >= ends:
                play.fails(
                    f"{who}'s call is not over yet: let somebody hang up" if found else f"{who}: nothing was kept"
                )
            await play.clock.passes(1)

    async def _promised(self, contact: Mapping[str, Any]) -> str | None:
        """Who owes a call back because of this contact."""
        async with self._house.pool.acquire() as connection:
            matters = await list_matters(connection, matter=contact["matter"]) if contact["matter"] else []
        open_ones = [one for matter in matters for one in matter["promises"] if one["kept_at"] is None]
        return next((one["owner"] for one in open_ones if one["contact"] == contact["contact"]), None)


def differences(wanted: Contact, contact: Mapping[str, Any], promised: str | None) -> Iterator[tuple[str, str, str]]:
    """(what, as it should be, as it is) of each line of `wanted` that is otherwise."""
    events = contact["events"]
    found: dict[str, Any] = {
        **{name: contact[name] for name in ("outcome", "owner", "client", "municipality", "pod", "language")},
        "rings": tuple((one["technician"], one["detail"]["result"]) for one in events if one["kind"] == "ring_ended"),
        "left_out": {one["technician"]: one["detail"]["reason"] for one in events if one["kind"] == "skipped"},
        "promise": promised,
    }
    if contact["state"] != "closed":
        found["outcome"] = OPEN
    for name, value in found.items():
        told = getattr(wanted, name)
        if told is not None and told != (NOBODY if value is None else value):
            yield name.replace("_", " "), in_words(told), in_words(value)


def in_words(value: Any) -> str:
    if isinstance(value, dict):
        value = tuple(value.items())
    if isinstance(value, tuple):
        return ", ".join(f"{who} {what.replace('_', ' ')}" for who, what in value) or NOBODY
    return str(NOBODY if value is None else value)
