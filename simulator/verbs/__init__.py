"""One TwiML verb a file, and the one table of those that are played. A verb takes the reading of a leg and
its own element, and answers with what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.verbs.dial import dial
from simulator.verbs.enqueue import enqueue
from simulator.verbs.gather import gather
from simulator.verbs.hangup import hangup
from simulator.verbs.leave import leave
from simulator.verbs.pause import pause
from simulator.verbs.play import play
from simulator.verbs.record import record
from simulator.verbs.redirect import redirect
from simulator.verbs.refer import refer
from simulator.verbs.reject import reject
from simulator.verbs.say import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.calls.documents import Verb

VERBS: Mapping[str, Verb] = {
    "Dial": dial,
    "Enqueue": enqueue,
    "Gather": gather,
    "Hangup": hangup,
    "Leave": leave,
    "Pause": pause,
    "Play": play,
    "Record": record,
    "Redirect": redirect,
    "Refer": refer,
    "Reject": reject,
    "Say": say,
}
