"""The faults of the walk of texts: to which steps each can happen, how it is done, and what may be different
afterwards."""

from simulator.faults import Upset
from tests.walk import house
from tests.walk.faults import Fault, die
from tests.walk.play import Player
from tests.walk.steps import Step
from tests.walk.texts.steps import REPORT, REST, TAKEN

REPORTS_OF_A_TEXT = 3  # sending, sent, delivered


def is_taken(step: Step) -> bool:
    return step.kind == TAKEN


def is_report(step: Step) -> bool:
    return step.kind == REPORT


def is_good_news(step: Step) -> bool:
    return is_report(step) and not is_bad_news(step)


def is_bad_news(step: Step) -> bool:
    return is_report(step) and step.name.startswith(("undelivered", "failed"))


def is_told(step: Step) -> bool:
    return step.kind in (TAKEN, REPORT)


def is_rest(step: Step) -> bool:
    return step.kind == REST


def is_sent(step: Step) -> bool:
    return step.kind == REST and step.method == "POST"


def kill(walk: Player) -> None:
    """The job process, in the middle of whatever follows from what has just come."""
    walk.world.clock.spawn(house.worker_dies(walk.world), "the job process dies")


def cut(walk: Player) -> None:
    """PostgreSQL goes while Twilio has the request in its hands."""
    walk.world.clock.spawn(house.database_goes(walk.world), "the database goes away")


def silence(walk: Player) -> None:
    """Of the text that Twilio has just taken nothing is reported either."""
    sid = walk.exchange.messages.all[-1].sid
    for _ in range(REPORTS_OF_A_TEXT):
        walk.exchange.disturb(Upset(lambda one: one.params.get("MessageSid") == sid, "lost"))


def refuse_fallback(walk: Player) -> None:
    """Nor does Twilio reach the second address."""
    walk.exchange.disturb(Upset(lambda one: one.url.endswith("/messages/fallback"), "status", tries=0))


FAULTS: tuple[Fault, ...] = (
    Fault("delivered twice at once", is_told, lambda _, aim: Upset(aim, "doubled"), "nothing", is_shared=True),
    Fault("answered slowly", is_told, lambda _, aim: Upset(aim, "slow", seconds=2.5), "nothing", is_shared=True),
    Fault("500 at first", is_told, lambda _, aim: Upset(aim, "status"), "nothing", is_shared=True),
    Fault("its answer is lost", is_told, lambda _, aim: Upset(aim, "unanswered"), "nothing", is_shared=True),
    Fault(
        "not connected at first",
        is_told,
        lambda _, aim: Upset(aim, "refused"),
        "nothing",
        is_shared=True,
        is_rare=True,
    ),
    Fault(
        "not answered at first",
        is_taken,
        lambda _, aim: Upset(aim, "slow", seconds=20),
        is_shared=True,
        is_rare=True,
    ),
    Fault(
        "taken at neither address",
        is_taken,
        lambda walk, aim: Upset(aim, "status", tries=0, before=lambda: refuse_fallback(walk)),
        is_rare=True,
    ),
    Fault("told late", is_report, lambda _, aim: Upset(aim, "late", seconds=4), "nothing", is_shared=True),
    Fault("told after the next", is_report, lambda _, aim: Upset(aim, "overtaken"), "nothing", is_shared=True),
    Fault("never told", is_good_news, lambda _, aim: Upset(aim, "lost"), "delay", is_shared=True),
    Fault("never told that it did not arrive", is_bad_news, lambda _, aim: Upset(aim, "lost")),
    Fault("429 of Twilio's", is_rest, lambda _, aim: Upset(aim, "status", status=429), "nothing", is_shared=True),
    Fault("500 of Twilio's", is_rest, lambda _, aim: Upset(aim, "status"), "nothing", is_shared=True),
    Fault("done, but its answer is lost", is_sent, lambda _, aim: Upset(aim, "unanswered"), "nothing", is_shared=True),
    Fault(
        "done, but nothing is told of it",
        is_sent,
        lambda walk, aim: Upset(aim, "unanswered", after=lambda: silence(walk)),
        "delay",
    ),
    Fault("the job process is killed before it", is_rest, lambda walk, aim: Upset(aim, before=lambda: die(walk)),
          "delay", is_shared=True),
    Fault("the job process is killed after it", is_rest, lambda walk, aim: Upset(aim, after=lambda: die(walk)),
          "delay", is_shared=True),
    Fault(
        "the job process is killed meanwhile",
        is_told,
        lambda walk, aim: Upset(aim, after=lambda: kill(walk)),
        "nothing",
        is_shared=True,
    ),
    Fault(
        "PostgreSQL goes away before it",
        is_told,
        lambda walk, aim: Upset(aim, before=lambda: house.database_goes(walk.world)),
        is_shared=True,
    ),
    Fault("PostgreSQL goes away after it", is_sent, lambda walk, aim: Upset(aim, after=lambda: cut(walk)),
          "nothing", is_shared=True),
)  # fmt: skip
