"""What a worker keeps at hand between turns: the pool, the directory's snapshot, published versions.

Every turn reads the editions with its floor; when they differ from what is at hand, the desk is brought up to
date and the turn begins again, so no worker acts on an old directory (DESIGN 6, "The directory").
"""

import asyncio
from collections import OrderedDict

from callflows.reading import SHIPPED, shipped_for
from callflows.step import Channel
from callflows.turn import name_in
from callflows.version import Version
from db.editions import get_editions, get_version, list_newest_versions
from db.pool import Connection, Pool
from db.snapshot import Directory, Snapshots
from routing.directory import Line, Municipality
from routing.places import Places

DEFAULT_FLOW = SHIPPED
SLICES_REMEMBERED = 10_000
MOST_HINTS = 500  # of a question's (twilio.md 4.2)


class Desk:
    """`concurrent_calls`: how many legs the account may have at once; None for as many as one likes."""

    def __init__(self, pool: Pool, snapshots: Snapshots, concurrent_calls: int | None = None) -> None:
        self.pool = pool
        self.concurrent_calls = concurrent_calls
        self._snapshots = snapshots
        self._directory: Directory | None = None
        self._flows = -1
        self._newest: dict[str, Version] = {}
        self._older: dict[tuple[str, int], Version] = {}
        self._places: tuple[int, Places] | None = None
        self._renewing: asyncio.Task[Places] | None = None
        self._known: tuple[Municipality, ...] = ()  # those with most clients first
        self._slices: OrderedDict[str, None] = OrderedDict()

    @property
    def directory(self) -> Directory:
        if self._directory is None:
            raise RuntimeError("the desk is used before `refresh`")
        return self._directory

    @property
    def editions(self) -> tuple[int, int]:
        """(directory, flows) as they are at hand."""
        return (self._directory.edition if self._directory else -1, self._flows)

    async def refresh(self) -> None:
        """Bring directory and versions up to date."""
        async with self.pool.acquire() as connection:
            edition, flows = await get_editions(connection)
            if flows != self._flows:
                self._newest = await list_newest_versions(connection)
                self._flows = flows
        if self._directory is None or self._directory.edition != edition:
            self._directory = await self._snapshots.current(self.pool, edition)
            if self._places is not None:  # whoever needs the names once will need the new ones: not within a call
                self._renewing = asyncio.create_task(self.places())

    async def follow(self, editions: tuple[int, int]) -> None:
        """The same, if these that somebody has just read are others than those at hand."""
        if editions != self.editions:
            await self.refresh()

    async def places(self) -> Places:
        """All municipalities by their names; made anew, beside the event loop, when the directory is another."""
        directory = self.directory
        if self._places is None or self._places[0] != directory.edition:
            known = await asyncio.to_thread(directory.municipalities)
            self._places = (directory.edition, await asyncio.to_thread(Places, known))
            self._known = known
        return self._places[1]

    def hints(self, province: str, code: str) -> tuple[str, ...]:
        """What a caller may say: the names of a province's municipalities, those with clients first, then of others."""
        near = [one for one in self._known if one.province == province]
        names = dict.fromkeys(name_in(one, code) for one in (*near, *self._known[:MOST_HINTS]))
        return tuple(names)[:MOST_HINTS]

    def newest_version(self, line: Line) -> Version:
        """The version a call to this line begins with."""
        return self._newest_of("voice", line.voice_flow)

    def newest_text_version(self, line: Line) -> Version:
        """The version a conversation in writing on this line begins with."""
        return self._newest_of("text", line.text_flow)

    def _newest_of(self, channel: Channel, flow: str) -> Version:
        """The flow that ships, for a name that no flow of this channel has (yet)."""
        named = self._newest.get(flow)
        return named if named and named.channel == channel else self._newest[shipped_for(channel)]

    async def version(self, connection: Connection, flow: str, version: int) -> Version:
        """A version that a contact keeps, though newer ones may be published by now."""
        newest = self._newest.get(flow)
        if newest and newest.version == version:
            return newest
        if (flow, version) not in self._older:
            self._older[flow, version] = await get_version(connection, flow, version)
        return self._older[flow, version]

    def knows_slice(self, slice_hash: str) -> bool:
        return slice_hash in self._slices

    def remember_slice(self, slice_hash: str) -> None:
        """Only after the commit that kept it."""
        self._slices[slice_hash] = None
        if len(self._slices) > SLICES_REMEMBERED:
            self._slices.popitem(last=False)
