"""A call that reached nobody is followed by one text, so that the client can go on in writing (DESIGN 2)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callflows.actions import Say
from callflows.text_events import CallMissed
from callflows.texting import owing
from callflows.turn import Turning

LATELY = 3600  # seconds
MORNING, EVENING = time(8), time(21)  # in the client's own time zone: nothing that we begin goes out between them


def begin(turn: Turning, event: CallMissed) -> None:
    """Once an hour at most, however often somebody tries."""
    now = int(turn.floor.at.timestamp())
    if any(now - one < LATELY for one in turn.thread.automatic):
        turn.because("written_lately")
        return
    if turn.contact.stage == "new":
        known = ("client", "municipality", "pod", "language", "matter")
        turn.became(stage="conversing", **{name: value for name in known if (value := getattr(event, name))})
        turn.threads(touched=int(turn.floor.at.timestamp()))
        owing.watch(turn)
    prompt = "text_missed_due" if event.due else "text_missed"
    turn.became(due=event.due or turn.contact.due)
    params = {"client": turn.client_name(), "due": turn.due_text() if event.due else ""}
    turn.send(Say(prompt, params), due_at=after_the_night(turn))


def after_the_night(turn: Turning) -> datetime | None:
    """The client's next morning; None for by day."""
    here = turn.floor.at.astimezone(ZoneInfo(turn.zone))
    if MORNING <= here.time() < EVENING:
        return None
    day = here.date() + timedelta(days=1 if here.time() >= EVENING else 0)
    return datetime.combine(day, MORNING, ZoneInfo(turn.zone)).astimezone(UTC)
