"""The town in which texts are walked: that of the calls, and some more clients. What is owed falls due within minutes,
and a conversation is over after an hour, so that the timers can be walked too."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from simulator.texts.optout import OptOuts
from tests.walk import town as calls
from tests.walk.town import ANA, BEN, CLARA, DAN, EVE, STRANGER, TOWN
from tests.world import World

DALE, FLORENCE, COUPLE, BANK = "+14035550121", "+14035550122", "+14035550123", "72727"
PEOPLE: Mapping[str, str] = {
    "clara": CLARA, "dale": DALE, "florence": FLORENCE, "the couple": COUPLE, "a stranger": STRANGER,
    "a bank": BANK, "ana": ANA, "ben": BEN, "dan": DAN, "eve": EVE,
}  # fmt: skip
TECHNICIANS = frozenset({ANA, BEN, DAN, EVE})
TIMES = {
    "promise_minutes": calls.PROMISE_MINUTES,
    "reply_minutes": 10,
    "overdue_minutes": 5,
    "resolution_minutes": 120,
    "quiet_hours": 1,
}
CLIENTS = f"""dale,Dale Petrie,{DALE},4802022,en,voice,,
florence,Florence Roy,{FLORENCE},4802022,fr,voice,,
sam,Sam Cole,{COUPLE},4802022,en,voice,,
sue,Sue Cole,{COUPLE},4802022,en,voice,,
"""
# A Monday; no holiday of Alberta comes for six weeks.
START = datetime(2027, 1, 4, 16, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Edmonton")
MORNING, EVENING = 9, 17  # between these hours a journey begins: a missed call's text goes out at once
AWAY = "INSERT INTO presences (technician, state, since, until) VALUES ('{}', 'away', '{}', '{}')"


@contextmanager
def town(flow: str) -> Iterator[World]:
    """A world of its own in which that shipped flow answers texts."""
    directory = {**TOWN, "clients.csv": TOWN["clients.csv"] + CLIENTS}
    with calls.opened(directory, START) as world:
        calls.publishes(world, flow, "texts", TIMES)
        calls.publishes(world, "main", "main", TIMES)
        yield world


def clears(world: World, at_work: tuple[str, ...], back_after: timedelta | None) -> None:
    """As `town.clears`, at some hour by day. `back_after`: until then nobody is at work."""
    calls.clears(world, () if back_after else at_work)
    exchange = world.exchange
    exchange.opt_outs = OptOuts(exchange)
    here = world.clock.now().astimezone(ZONE)
    if not MORNING <= here.hour < EVENING:
        morning = here.replace(hour=MORNING, minute=0, second=0) + timedelta(days=here.hour >= EVENING)
        world.story.clock.passes(seconds=(morning - here).total_seconds())
    if back_after:
        now = world.clock.now()
        away = [AWAY.format(calls.KEYS[one], now, now + back_after) for one in at_work]

        async def leave() -> None:
            async with world.house.pool.acquire() as connection:
                names = ", ".join(f"'{calls.KEYS[one]}'" for one in at_work)
                await connection.execute("; ".join([f"DELETE FROM presences WHERE technician IN ({names})", *away]))

        world.run(leave())
