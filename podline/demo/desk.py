"""What the service kept, read through its JSON API; every difference from what a scene tells is one sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from simulator.clock import Clock

KEPT_WITHIN = timedelta(seconds=10)  # in which the last callback of a call must have arrived
LOOKS = 0.1  # seconds


class Otherwise(AssertionError):
    """A scene did not end as told."""


@dataclass(frozen=True)
class Kept:
    """One contact as the API shows it, with its events. Every method raises Otherwise."""

    contact: Mapping[str, Any]
    who: str

    @property
    def events(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.contact["events"]
        return found

    @property
    def owner(self) -> str | None:
        owner: str | None = self.contact["owner"]
        return owner

    def of_kind(self, kind: str) -> list[Mapping[str, Any]]:
        return [one for one in self.events if one["kind"] == kind]

    def ended_as(self, outcome: str, *, owner: str | None = None) -> None:
        self._is("outcome", self.contact["outcome"], outcome)
        if owner is not None:
            self._is("owner", self.owner, owner)

    def rang(self, *rings: tuple[str, str]) -> None:
        """Who was rung, in order, and how each ring ended."""
        ended = [(one["technician"], one["detail"]["result"]) for one in self.of_kind("ring_ended")]
        self._is("rings", ended, list(rings))

    def used(self, version: int) -> None:
        """The version of the flow with which the call began, and which it kept."""
        self._is("the flow's version", self.contact["flow_version"], version)

    def passed_to(self, *owners: str) -> None:
        """Whose the contact became, one after another."""
        self._is("its owners", [one["technician"] for one in self.of_kind("owner_changed")], list(owners))

    def was_from(self, *, municipality: str, pod: str, client: str | None = None) -> None:
        """Who called, as far as it was found out; no `client`: it is known from where alone."""
        found = {key: self.contact[key] for key in ("municipality", "pod", "client")}
        self._is("the caller", found, {"municipality": municipality, "pod": pod, "client": client})

    def left_out(self, **reasons: str) -> None:
        """Who was passed over, and why."""
        skipped = {one["technician"]: one["detail"]["reason"] for one in self.of_kind("skipped")}
        self._is("technicians left out", skipped, reasons)

    def is_about(self, earlier: "Kept") -> None:
        """The same matter as an earlier contact."""
        self._is("the matter", self.contact["matter"], earlier.contact["matter"])

    def is_in_writing(self, *, owner: str) -> None:
        """A conversation by text, and whose it is."""
        found = {key: self.contact[key] for key in ("channel", "owner")}
        self._is("the conversation", found, {"channel": "text", "owner": owner})

    def was_written(self, *texts: tuple[str, str]) -> None:
        """What was written by the client (an empty key) and by technicians, in order."""
        written = [(one["technician"] or "", one["detail"]["words"]) for one in self.of_kind("text_in")]
        self._is("what was written", written, list(texts))

    def was_in(self, language: str) -> None:
        self._is("the language", self.contact["language"], language)

    def is_owed_by(self, technician: str, promise: Mapping[str, Any]) -> None:
        """`promise` as `Desk.promise` gives it: whoever has the contact and the matter should owe it."""
        owners = {promise["owner"], promise["matter_owner"], self.owner}
        self._is("who owes the call back", sorted(map(str, owners)), [technician])

    def _is(self, what: str, found: object, told: object) -> None:
        if found != told:
            raise Otherwise(f"{self.who}: {what} should be {told}, but the service kept {found}")


class Desk:
    """The service's API, asked with the demo's own token. Waits go by `clock`; `way` leads to a service in our own
    process."""

    def __init__(self, url: str, token: str, clock: Clock, way: httpx.AsyncBaseTransport | None = None) -> None:
        self._clock = clock
        self._client = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
            trust_env=False,
            transport=way,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def kept(self, call_sid: str, who: str, when: Callable[[Kept], bool] | None = None) -> Kept:
        """The contact of a call once it is closed (or `when` holds), which takes as long as its last callback."""
        ends = self._clock.now() + KEPT_WITHIN
        while True:
            found = (await self._get("/contacts", call_sid=call_sid))["contacts"]
            kept = [Kept(one, who) for one in found]
            if kept and kept[0].contact["state"] == "closed" and (when is None or when(kept[0])):
                return kept[0]
            if self._clock.now() > ends:
                state = f"its contact is {kept[0].contact['state']}" if kept else "the service knows no such call"
                raise Otherwise(f"{who}: {KEPT_WITHIN.seconds} s after the call {state}")
            await self._clock.passes(LOOKS)

    async def open(self, call_sid: str, who: str) -> Kept:
        """The contact of a call as it is now, closed or not."""
        found = (await self._get("/contacts", call_sid=call_sid))["contacts"]
        if not found:
            raise Otherwise(f"{who}: the service knows no such call")
        return Kept(found[0], who)

    async def conversation(self, message_sid: str, who: str) -> Kept:
        """The contact to which a text belongs, as it is now: a conversation stays open for a quiet day."""
        ends = self._clock.now() + KEPT_WITHIN
        while True:
            found = (await self._get("/contacts", message_sid=message_sid))["contacts"]
            if found:
                return Kept(found[0], who)
            if self._clock.now() > ends:
                raise Otherwise(f"{who}: the service knows no such text")
            await self._clock.passes(LOOKS)

    async def contacts(self, since: datetime) -> list[Mapping[str, Any]]:
        """Those that began at or after that instant, the earliest first."""
        found: list[Mapping[str, Any]] = (await self._get("/contacts", since=since.isoformat()))["contacts"]
        return found[::-1]

    async def closed(self, since: datetime) -> list[Mapping[str, Any]]:
        """The same once all calls are closed, or when that takes too long. A conversation in writing stays open."""
        ends = self._clock.now() + KEPT_WITHIN
        while True:
            found = await self.contacts(since)
            if all(one["state"] == "closed" for one in found if one["channel"] == "voice") or self._clock.now() > ends:
                return found
            await self._clock.passes(LOOKS)

    async def says(self, technician: str, state: str) -> None:
        """As a technician sets their own presence."""
        path = f"/technicians/{technician}/presence"
        self._read(path, await self._client.put(path, json={"state": state}))

    async def promise(self, kept: Kept) -> Mapping[str, Any]:
        """The open promise that a contact made, with its matter's owner as `matter_owner`."""
        matters = (await self._get("/matters", state="open"))["matters"]
        for matter in matters:
            for promise in matter["promises"]:
                if promise["contact"] == kept.contact["id"] and promise["kept_at"] is None:
                    return {**promise, "matter_owner": matter["owner"]}
        raise Otherwise(f"{kept.who}: no open matter holds a promise from this call")

    async def matter(self, kept: Kept) -> Mapping[str, Any]:
        """The matter of a contact, open or closed."""
        for matter in (await self._get("/matters"))["matters"]:
            if matter["matter"] == kept.contact["matter"]:
                found: Mapping[str, Any] = matter
                return found
        raise Otherwise(f"{kept.who}: this call belongs to no matter")

    async def _get(self, path: str, **query: str) -> Any:
        return self._read(path, await self._client.get(path, params=query))

    def _read(self, path: str, answer: httpx.Response) -> Any:
        if answer.status_code != 200:
            raise Otherwise(f"the API answered {path} with status {answer.status_code}: {answer.text.strip()[:200]}")
        return answer.json()
