"""One swarm: helpers drawn to one contact, by telephone legs of their own, into one room.

The state of a helper is a table. `invited`: we have asked for the leg, which may wait for the account's calls per
second. `unsure`: Twilio was asked for it, and no answer came. `ringing`: Twilio has taken it. `screening`: somebody,
or a voicemail, picked up and hears the briefing. `taken`: key 1 was pressed, the helper's leg goes into the room.
`passed`: key 2 or 3 was pressed. `unplaced`: Twilio could not be asked for the leg. `gone`: the leg is over. A signal
without a row changes nothing: reports come late, twice and in any order.
"""

from dataclasses import dataclass, replace
from typing import Literal

from routing.hunt import RingResult

HelperState = Literal["invited", "unsure", "ringing", "screening", "taken", "passed", "unplaced", "gone"]
HelperSignal = Literal[
    "placed", "unplaced", "unknown", "unheard", "picked_up", "key_take", "key_pass", "key_wrong", "leg_over"
]

TRANSITIONS: dict[tuple[HelperState, HelperSignal], HelperState] = {
    ("invited", "placed"): "ringing",
    ("invited", "unplaced"): "unplaced",
    ("invited", "unknown"): "unsure",  # the telephone may ring
    ("unsure", "placed"): "ringing",
    ("unsure", "unplaced"): "unplaced",
    ("unsure", "unheard"): "unplaced",  # as long as a telephone rings, nothing was heard of the leg
    ("invited", "picked_up"): "screening",  # each of these may overtake all reports before it
    ("unsure", "picked_up"): "screening",
    ("ringing", "picked_up"): "screening",
    ("invited", "key_take"): "taken",
    ("unsure", "key_take"): "taken",
    ("ringing", "key_take"): "taken",
    ("screening", "key_take"): "taken",
    ("invited", "key_pass"): "passed",
    ("unsure", "key_pass"): "passed",
    ("ringing", "key_pass"): "passed",
    ("screening", "key_pass"): "passed",
    ("screening", "key_wrong"): "screening",
    ("invited", "leg_over"): "gone",
    ("unsure", "leg_over"): "gone",
    ("ringing", "leg_over"): "gone",
    ("screening", "leg_over"): "gone",
    ("taken", "leg_over"): "gone",
    ("passed", "leg_over"): "gone",
}

RING_HOLDS_MS = 60_000  # a telephone that was asked to ring, and of which nothing more was heard


@dataclass(frozen=True, slots=True)
class Helper:
    """One helper's leg. `ring` is its number among the contact's rings; instants are epoch milliseconds, 0 for not yet.

    `leg` is Twilio's sid, as far as it is known. `placed`: Twilio was asked for it. `joined`: their leg was seen in the
    room. `met`: helper and client were in the room together. `freed`: the reservation has been given back. `bridged`:
    they talked with the client before it was a conference, so the end of their ring is told. `asked`: to join, by
    themselves. `wave`: with whom they were rung.
    """

    ring: int
    technician: str
    began: int
    state: HelperState = "invited"
    leg: str = ""
    placed: int = 0
    picked_up: int = 0
    pressed: int = 0
    key: str = ""
    joined: int = 0
    met: int = 0
    freed: bool = False
    bridged: bool = False
    asked: bool = False
    wave: int = 0

    def after(self, signal: HelperSignal) -> "Helper":
        """The helper after a signal; itself if the table has no row for it."""
        state = TRANSITIONS.get((self.state, signal))
        return self if state is None else replace(self, state=state)

    @property
    def rings(self) -> bool:
        """Their telephone may be ringing, or will, or they hear the briefing."""
        return self.state in ("invited", "unsure", "ringing", "screening")

    @property
    def has_rung(self) -> bool:
        """Whether their telephone is known to have begun to ring."""
        return self.state not in ("invited", "unsure", "unplaced")

    @property
    def is_in(self) -> bool:
        return self.state == "taken"


@dataclass(frozen=True, slots=True)
class Swarm:
    """`number` counts the contact's swarms from 1 and names its room. `began` epoch ms. `arrived`: when the client was
    sent into the room, 0 while they wait. `moving`: a job is to move the client's leg. `pod`: limited to the pod.
    `line`: whom to ring one by one, from the client's own leg, because Twilio's API is away. `faults`: how often
    something broke while the client waited. `wave`: the last one that was rung; those of the flow's own are 0.
    `asked_by`: the technician on the call who waits for help, and `skill` what they named, while those who have it are
    rung before the others."""

    number: int
    began: int
    helpers: tuple[Helper, ...] = ()
    arrived: int = 0
    moving: bool = False
    pod: bool = False
    line: tuple[str, ...] = ()
    faults: int = 0
    rounds: int = 0
    wave: int = 0
    asked_by: str = ""
    skill: str = ""

    def helper(self, ring: int) -> Helper | None:
        return next((one for one in self.helpers if one.ring == ring), None)

    def with_helper(self, changed: Helper) -> "Swarm":
        helpers = tuple(changed if one.ring == changed.ring else one for one in self.helpers)
        return replace(self, helpers=helpers)

    @property
    def inside(self) -> tuple[Helper, ...]:
        """Those who pressed 1 and are still there, first come first."""
        return tuple(sorted((one for one in self.helpers if one.is_in), key=lambda one: one.pressed))

    @property
    def helping(self) -> tuple[Helper, ...]:
        """Those inside who came to help: not who talked with the client before."""
        return tuple(one for one in self.inside if not one.bridged)

    def is_answered(self, wave: int) -> bool:
        """Whether somebody of that wave has come, so that no more telephones begin to ring for it."""
        return any(one.wave == wave and not one.bridged for one in self.inside)

    @property
    def is_of_a_talk(self) -> bool:
        """Whether a talk of two has become a conference."""
        return any(one.bridged for one in self.helpers)

    @property
    def ringing(self) -> tuple[Helper, ...]:
        return tuple(one for one in self.helpers if one.rings)

    @property
    def unplaced(self) -> tuple[str, ...]:
        return tuple(one.technician for one in self.helpers if one.state == "unplaced")


@dataclass(frozen=True, slots=True)
class Becoming:
    """A talk of two is to become a conference; this intent counts before `until` (epoch ms).

    `ring`: the technician's, whose leg is moved; `entered`: when it asked for the room, 0 for not yet. `helps`: they
    want help, of those first who have `skill`. `joining`: colleagues who want to join by themselves.
    """

    ring: int
    until: int
    helps: bool = False
    skill: str = ""
    joining: tuple[str, ...] = ()
    entered: int = 0


BECOMES_WITHIN_MS = 10_000  # DESIGN 5.7


# How a leg that was never accepted ended, by Twilio's last word on it, while nobody had picked up.
UNANSWERED: dict[str, RingResult] = {
    "busy": "busy",
    "failed": "failed",
    "no-answer": "no_answer",
    "canceled": "canceled",
}


def helper_result(helper: Helper, status: str, *, caller_gone: bool = False) -> RingResult:
    """How the ring of a helper ended. `helper` as it was before the end; `status` the leg's final one, or empty."""
    if helper.met:
        return "accepted"
    match helper.state:
        case "passed":
            return "declined"
        case "taken":
            return "canceled" if caller_gone else "failed"
        case "screening":
            too_late = caller_gone or helper.key == "1"
            return "canceled" if too_late else "not_screened"
        case "ringing" | "unsure" | "invited" if not caller_gone:
            return UNANSWERED.get(status, "not_screened" if status == "completed" else "no_answer")
        case _:
            return "canceled"


def room(contact: str, number: int) -> str:
    """The conference's name: our ids alone, and letters that no URL must escape (twilio.md 4.5, 7.4)."""
    return f"{contact}-{number}"


CLIENT_LABEL = "client"


def label(ring: int) -> str:
    """A helper's label in the room."""
    return f"ring-{ring}"


def ring_of(said: str) -> int:
    """The ring that a label names; 0 for none."""
    number = said.removeprefix("ring-")
    return int(number) if number != said and number.isdigit() else 0
