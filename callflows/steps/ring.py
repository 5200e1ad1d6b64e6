"""Ring the pod's technicians one after another, screen each, and know whether the two really talked.

TwiML alone: no REST call, so it works at any calls-per-second limit (DESIGN 5.5). A pod that rings all at once is a
swarm limited to itself (DESIGN 5.2), once those who come before its order have been rung.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from callflows.actions import Hangup, Reserve, Ring, Say
from callflows.events import CallerPressed, CallerSaid, CallerStayed, DialEnded
from callflows.parts import becoming, rings, swarming
from callflows.parts.ending import close
from callflows.parts.known import greet
from callflows.parts.rings import finish
from callflows.parts.whom import anybody, choose
from callflows.step import Exit, Known, Problem, Prompt, Step, To
from callflows.turn import Turning, WholeFloorNeeded
from routing import hunt
from routing.hunt import Hunt


class RingStep(Step):
    about: ClassVar[str] = "Rings the technicians of the client's pod one after another, the client's own first."
    prompt_fields: ClassVar[tuple[str, ...]] = ("say", "between")
    instead: ClassVar[str] = "route"
    to_person: ClassVar[bool] = True

    step: Literal["ring"] = "ring"
    otherwise: To = Field(description="the step if nobody takes the call")
    help: str = Field(default="", description="the step if a technician presses 3; without one the next is rung")
    pod: str = Field(default="", description="ring this pod, whoever calls; without it the client's own")
    greet: bool = Field(default=True, description="whether callers are greeted by name before the first ring")
    say: str = Field(default="", description="what is said before the first ring instead of the greeting")
    between: Prompt = Field(default="hunt_next", description="what is said before each further ring")

    @property
    def needs_identify(self) -> bool:
        return not self.pod

    def exits(self) -> tuple[Exit, ...]:
        asked = (Exit("help", self.help, chosen=True),) if self.help else ()
        return (Exit("otherwise", self.otherwise), *asked)

    def check(self, known: Known) -> Iterable[Problem]:
        if self.pod and known.pods is not None and self.pod not in known.pods:
            yield Problem("pod", f"There is no pod {self.pod!r} in the directory.")

    def enter(self, turn: Turning) -> None:
        """The first ring of a hunt, in the answer to the very first webhook if there is one to ring."""
        if self.pod and turn.contact.pod != self.pod:
            if not turn.floor.whole:
                raise WholeFloorNeeded  # that pod's people may not be on it
            turn.became(pod=self.pod)
        again = bool(turn.contact.hunt.began)
        held = turn.contact.hunt
        hunt = Hunt(began=turn.now_ms, rung=held.rung, declined=held.declined)
        turn.became(stage="hunting", hunt=hunt, swarm=None)
        turn.find_matter()
        calling = anybody(turn)
        if self.say and calling:
            turn.say(self.say)
        elif self.greet and not again:
            greet(turn, calling=calling)
        go_on(turn, first=not again or bool(self.say))

    def words(self) -> str:
        whom = f"pod {self.pod}" if self.pod else "the client's pod"
        return f"Rings {whom}; if nobody takes the call, {self.otherwise}."


def go_on(turn: Turning, *, first: bool = False, back_to: str = "") -> None:
    """Ring whoever is next, `back_to` before all others; nobody left or the time is up: on by the step's exit."""
    if swarming.ring_together(turn, back_to):
        return
    chosen = None if rings.spent(turn) else choose(turn, back_to)
    if chosen is None:
        turn.became(hunt=replace(turn.contact.hunt, ring=None), swarm=None)
        turn.leave()
        return
    technician = chosen.technician
    held = turn.contact.hunt
    ring = hunt.Ring(number=held.rung + 1, technician=technician.technician, began=turn.now_ms)
    tried = (*held.tried, technician.technician)
    turn.became(stage="hunting", hunt=replace(held, rung=ring.number, ring=ring, tried=tried))
    if back_to == technician.technician:
        turn.say("hunt_again", technician=technician.name)
    elif not first and turn.contact.heard:
        step = turn.here(RingStep)
        turn.say(step.between if step else "hunt_next")
    turn.change(Reserve(technician.technician))
    turn.reply(Ring(technician.technician, ring.number, turn.times.ring, silent=not turn.contact.heard))
    turn.tell("ring_started", technician.technician, ring=ring.number)


def on_dial_ended(turn: Turning, event: DialEnded, ring: hunt.Ring) -> None:
    if becoming.opens(turn, event, ring):
        becoming.enter(turn, event, ring)
        return
    result = finish(turn, ring, status=event.status, bridged=event.bridged, leg=event.leg, gone=event.gone)
    step = turn.here(RingStep)
    if event.gone:
        turn.became(left=True)
        close(turn, "the caller hung up")
    elif result == "accepted":
        ask_return(turn)
    elif result == "declined" and ring.key == "3" and step and step.help:
        turn.because("sent_to_swarm", ring.technician)
        turn.go(step.help)
    else:
        go_on(turn)


def ask_return(turn: Turning) -> None:
    """After a conversation the caller is still there (DESIGN 5, "After a bridge")."""
    turn.became(stage="returning")
    turn.ask("cut_off", Say("cut_off"), seconds=turn.times.cut_off)


def on_return(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> None:
    """Back to the same technician first."""
    if isinstance(event, CallerPressed):
        turn.tell("pressed", leg=event.leg, key=event.digits)
    if turn.contact.returns >= turn.times.returns:
        turn.say("goodbye")
        turn.reply(Hangup())
        close(turn, "we said goodbye: the caller had been returned several times")
        return
    turn.became(
        returns=turn.contact.returns + 1,
        hunt=replace(turn.contact.hunt, began=turn.now_ms, ring=None, tried=()),
    )
    go_on(turn, back_to=turn.contact.talked[-1] if turn.contact.talked else "")
