"""The faults of the walk: to which steps each can happen, how it is done, and what may be different afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn

from simulator.calls.legs import Leg
from simulator.faults import Exchanged, Upset
from tests.walk import house
from tests.walk.play import Player
from tests.walk.steps import Step, is_technicians

# nothing: nobody notices, and the story is the same. delay: the same end, perhaps by other ways. tale: the call goes
# on differently.
Changes = Literal["nothing", "delay", "tale"]
Aim = Callable[[Exchanged], bool]


@dataclass(frozen=True)
class Fault:
    """`silence`: seconds of it that the caller may hear on account of the fault alone. `is_shared`: it may happen to
    many steps of one journey, because the journey goes on as it would have. `is_rare`: much like another one, so that
    only the long run (PODLINE_TEST_LONG) takes it."""

    name: str
    fits: Callable[[Step], bool]
    upset: Callable[[Player, Aim], Upset]
    changes: Changes = "tale"
    silence: float = 0.0
    is_shared: bool = False
    is_rare: bool = False

    def __str__(self) -> str:
        return self.name

    def at(self, walk: Player, step: Step) -> Upset:
        return self.upset(walk, lambda one: walk.names(one).name == step.name)


def is_any(step: Step) -> bool:
    return step.kind != "rest"


def is_asked_again(step: Step) -> bool:
    return step.kind != "rest" and step.is_tried_again


def is_asked(step: Step) -> bool:
    return step.is_asked


def is_report(step: Step) -> bool:
    return step.is_report


def is_rest(step: Step) -> bool:
    return step.kind == "rest"


def hang_up_callers(walk: Player) -> None:
    hang_up(walk, lambda leg: leg.direction == "inbound")


def hang_up_technicians(walk: Player) -> None:
    hang_up(walk, is_technicians)


def hang_up(walk: Player, whose: Callable[[Leg], bool]) -> None:
    for leg in list(walk.exchange.legs.values()):
        if whose(leg) and leg.status in ("ringing", "in-progress"):
            walk.people.hangs_up(leg)


def die(walk: Player) -> NoReturn:
    """The job process has gone with the request in its hands."""
    walk.world.rehearsal.cuts_off_work()
    walk.world.clock.spawn(house.worker_dies(walk.world), "the job process dies")
    raise ConnectionResetError("whoever asked is gone")


FAULTS: tuple[Fault, ...] = (
    Fault("delivered twice at once", is_any, lambda _, aim: Upset(aim, "doubled"), "nothing", is_shared=True),
    Fault("answered slowly", is_asked, lambda _, aim: Upset(aim, "slow", seconds=2.5), "nothing", 3, is_shared=True),
    Fault(
        "not connected at first",
        is_asked_again,
        lambda _, aim: Upset(aim, "refused"),
        "nothing",
        is_shared=True,
        is_rare=True,
    ),
    Fault("500 at first", is_asked_again, lambda _, aim: Upset(aim, "status"), "nothing", is_shared=True),
    Fault(
        "too slow at first",
        lambda step: step.is_asked and step.is_tried_again,
        lambda _, aim: Upset(aim, "slow", seconds=10),
        "delay",
        5,
        is_shared=True,
        is_rare=True,
    ),
    Fault("its answer is lost", is_asked_again, lambda _, aim: Upset(aim, "unanswered"), "nothing", is_shared=True),
    Fault("told late", is_report, lambda _, aim: Upset(aim, "late", seconds=4), "nothing", is_shared=True),
    Fault("told after the next", is_report, lambda _, aim: Upset(aim, "overtaken"), "nothing", is_shared=True),
    Fault("never told", is_report, lambda _, aim: Upset(aim, "lost"), "delay"),
    Fault("429 of Twilio's", is_rest, lambda _, aim: Upset(aim, "status", status=429), "delay"),
    Fault("500 of Twilio's", is_rest, lambda _, aim: Upset(aim, "status")),
    Fault("done, but its answer is lost", lambda step: is_rest(step) and step.method == "POST",
          lambda walk, aim: Upset(aim, "unanswered"), "delay"),
    Fault("always 500", is_asked, lambda _, aim: Upset(aim, "status", tries=0), silence=3),
    Fault(
        "the caller hangs up before it",
        lambda step: step.has_caller,
        lambda walk, aim: Upset(aim, before=lambda: hang_up_callers(walk)),
    ),
    Fault(
        "the caller hangs up after it",
        lambda step: step.has_caller and step.is_asked,
        lambda walk, aim: Upset(aim, after=lambda: hang_up_callers(walk)),
        is_rare=True,
    ),
    Fault(
        "the technicians hang up before it",
        lambda step: step.has_technician,
        lambda walk, aim: Upset(aim, before=lambda: hang_up_technicians(walk)),
    ),
    Fault(
        "the technicians hang up after it",
        lambda step: step.has_technician and step.is_asked,
        lambda walk, aim: Upset(aim, after=lambda: hang_up_technicians(walk)),
        is_rare=True,
    ),
    Fault(
        "the job process is killed before it",
        is_rest,
        lambda walk, aim: Upset(aim, before=lambda: die(walk)),
    ),
    Fault(
        "the job process is killed after it",
        is_rest,
        lambda walk, aim: Upset(aim, after=lambda: die(walk)),
        "delay",
    ),
    Fault(
        "PostgreSQL goes away",
        is_asked,
        lambda walk, aim: Upset(aim, before=lambda: house.database_goes(walk.world)),
        silence=house.AWAY_SECONDS,
    ),
)  # fmt: skip
