"""What the scenes act on, be the clock the wall's (`live.py`) or virtual (`virtual.py`)."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from podline.demo.account import COMMAND, REASON, TECHNICIAN, Account
from podline.demo.desk import Desk, Kept, Otherwise
from podline.demo.mailbox import Mailbox
from podline.demo.phrases import listed_names
from podline.demo.terminal import Answered, Terminal
from podline.demo.town import LINE, LINE_FR, ZONE, Person
from simulator.clock import Clock
from simulator.exchange import Exchange
from simulator.people.handsets import Handset


@dataclass(kw_only=True)
class Stage(ABC):
    """`line` and `line_fr` are the desk's two numbers; `directory` is the folder from which everybody was imported;
    `zones` are its municipalities'; `terminal` is a supervisor's."""

    exchange: Exchange
    desk: Desk
    people: dict[str, Person]
    directory: Path
    account: Account
    zones: Mapping[str, str]
    terminal: Terminal
    line: str = LINE
    line_fr: str = LINE_FR
    mailbox: Mailbox | None = None
    _handsets: dict[str, Handset] = field(default_factory=dict)
    _available: set[str] = field(default_factory=set)

    @property
    def mail(self) -> Mailbox:
        """Only on a virtual stage: the service of the live one sends e-mails to nobody."""
        if self.mailbox is None:
            raise ValueError("a scene with e-mails needs a virtual clock")
        return self.mailbox

    @property
    def clock(self) -> Clock:
        """The scene's own: only by it does anybody know what time it is."""
        return self.exchange.clock

    def handset(self, key: str) -> Handset:
        if key not in self._handsets:
            person = self.people[key]
            self._handsets[key] = Handset(self.exchange, self.exchange.phone(person.number, person.name))
        return self._handsets[key]

    def cast(self, *keys: str) -> list[Handset]:
        return [self.handset(key) for key in keys]

    def stranger(self, number: str | None, name: str) -> Handset:
        """Somebody who is in no directory; None: the number is withheld."""
        return Handset(self.exchange, self.exchange.phone(number, name))

    async def are_available(self, *keys: str) -> None:
        """Until the scene is over. They say so of themselves; who has no shifts works whenever available."""
        for key in keys:
            await self.desk.says(key, "available")
            self._available.add(key)
        names = listed_names([self.people[key].name for key in keys])
        self.account.tell(self.clock.now(), (names, TECHNICIAN), ": available from now on")

    async def types(self, *words: str) -> Answered:
        """A supervisor at a terminal."""
        answered = await self.terminal.types(*words)
        self.account.tell(self.clock.now(), "the supervisor types: ", (answered.command, COMMAND))
        for line in answered.lines:
            self.account.tell(None, f"│ {line}")
        return answered

    def tells(self, words: str) -> None:
        """What a scene has looked up, and nobody would see otherwise."""
        self.account.tell(None, (words, REASON))

    async def passes(self, seconds: float) -> None:
        """A moment goes by, as it does between a ring and a hand at the telephone; or, on a virtual clock, hours."""
        await self.clock.passes(seconds)

    async def until(self, at: datetime) -> None:
        """Time passes up to that instant."""
        await self.passes((at.astimezone(UTC) - self.clock.now()).total_seconds())

    async def kept(self, caller: Handset, when: Callable[[Kept], bool] | None = None) -> Kept:
        """What the service kept of that caller's last call."""
        return await self.desk.kept(caller.telephone.legs[-1].sid, caller.telephone.name, when)

    async def on_line(self, caller: Handset) -> Kept:
        """What the service has kept so far of the call that the caller is in."""
        return await self.desk.open(caller.telephone.legs[-1].sid, caller.telephone.name)

    async def conversation(self, client: Handset) -> Kept:
        """What the service has kept so far of the conversation in writing with that client, whoever wrote first."""
        telephone = client.telephone
        wrote = [one.sid for one in self.exchange.messages.all if one.from_ == telephone.number]
        sids = wrote or [text.sid for text in telephone.texts]
        if not sids:
            raise Otherwise(f"{telephone.name} has written to nobody, and nobody to them")
        return await self.desk.conversation(sids[-1], telephone.name)

    def only_sees(self, client: Handset, line: str) -> None:
        """Whoever answered, every text came from that number of ours. Raises Otherwise."""
        if wrong := {text.from_ for text in client.texts} - {line}:
            raise Otherwise(f"{client.telephone.name} should see {line} alone, but saw {', '.join(sorted(wrong))}")

    @abstractmethod
    def followed(self, since: datetime) -> AbstractAsyncContextManager[None]:
        """Meanwhile, and once more at the end, what the service says of the calls goes into the account."""

    async def look(self, since: datetime) -> None:
        with suppress(httpx.TransportError, Otherwise):
            for contact in await self.desk.contacts(since):
                self.account.read(contact, self.zone_of(contact))

    def zone_of(self, contact: Mapping[str, Any]) -> ZoneInfo:
        """The time zone of a contact's municipality, else the one in which the desk itself is."""
        return ZoneInfo(self.zones.get(contact["municipality"] or "", ZONE))

    async def calm(self) -> None:
        """Whatever a scene left: calls are hung up, telephones are well again, helpers are off duty."""
        for leg in list(self.exchange.legs.values()):
            if not leg.is_over:
                self.exchange.hang_up(leg)
        for phone in self.exchange.phones:
            phone.is_well()
        while self._available:
            with suppress(httpx.TransportError, Otherwise):
                await self.desk.says(self._available.pop(), "off")


def furnish(exchange: Exchange, url: str, people: dict[str, Person]) -> None:
    """Both lines, which ask the service at `url`, and everybody's telephone."""
    for line, name in ((LINE, "Support desk"), (LINE_FR, "Bureau de soutien")):
        exchange.add_number(
            line,
            friendly_name=name,
            voice_url=f"{url}/voice/incoming",
            voice_fallback_url=f"{url}/voice/fallback",
            status_callback=f"{url}/voice/status",
            sms_url=f"{url}/messages/incoming",
            sms_fallback_url=f"{url}/messages/fallback",
        )
    for person in people.values():
        exchange.phone(person.number, person.name)
