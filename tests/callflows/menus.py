"""A technician who calls a line, for tests of the menu: Ana, with Clara's matter 12 and a stranger's matter 9."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from callflows.actions import Free, Occupy
from callflows.events import CallOver, ClientCalled, ClientPickedUp, RecordingEnded, RecordingStored
from routing.floor import Agenda, AgendaItem
from tests.builders import CALLER, CLARA, NOW, PHONE, TABER, floor, matter, version
from tests.callflows.call import CALL, Call, changes_of

CLARAS = AgendaItem(12, NOW, "clara", TABER.municipality, CALLER)
PROMISED = replace(CLARAS, promise=1, due_at=NOW + timedelta(hours=1))
NOBODYS = AgendaItem(9, NOW, "", "", "", 2, NOW + timedelta(hours=2))
BUSY_DAY = Agenda(CLARAS, (PROMISED, NOBODYS))
PICKED_UP = ClientPickedUp("CA9")
REACHED = ClientCalled("CA9", "completed", True)
NO_ANSWER = ClientCalled("CA9", "no-answer", False)
STORED = RecordingStored(CALL, "completed", "RE1", "https://api.twilio.com/RE1", 20)
OVER = CallOver(CALL, "completed")


def menu(keys: str = "", *, agenda: Agenda | None = BUSY_DAY, **facts: Any) -> Call:
    """Ana calls from her own telephone and presses these keys; `-` is silence, `R` a spoken note."""
    usual: dict[str, Any] = {
        "callers": (),
        "number": PHONE,
        "calling": "ana",
        "agenda": agenda,
        "clients": {"clara": CLARA},
        "matters": tuple(
            replace(one, theirs=False)  # of those on the agenda, none was opened from Ana's own telephone
            for one in (matter(12, "ana", NOW + timedelta(hours=1)), matter(9, "ana", client="", place=""))
        ),
    }
    call = Call(floor(**{**usual, **facts}), version("ana", "ben", "cho", hours="Mon-Fri 08:00-16:30"))
    call.arrives(PHONE)
    for key in keys:
        if key == "R":
            call.takes(RecordingEnded(CALL, 20, "RE1"))
        elif key == "-":
            call.stays_silent()
        else:
            call.answers(key)
    return call


def asked(call: Call) -> str:
    return call.contact.asked.kind if call.contact.asked and not call.contact.is_over else ""


def freed(call: Call) -> bool:
    last = [type(one) for one in changes_of(call, Occupy, Free) if one.technician == "ana"]
    return last[-1:] == [Free]


def done(call: Call) -> list[type]:
    """What was changed beside Ana's being on the line."""
    return [type(one) for one in call.changes if not isinstance(one, (Occupy, Free))]
