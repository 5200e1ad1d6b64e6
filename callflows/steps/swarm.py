"""Draw in whoever can help: the pod's rest and everybody on shift who opted in, all at once (DESIGN 5.6).

The client waits in our own loop and may ask for a call back or leave a message; the first helper to press 1 owns the
contact, others join up to the cap. Without Twilio's API the helpers are rung one by one, from the client's own leg.
"""

from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field

from callflows.actions import JoinRoom, Say
from callflows.events import CallerMoved, CallerPressed, CallerSaid, CallerStayed, RoomDialEnded
from callflows.parts import swarming
from callflows.parts.promises import set_due
from callflows.step import Exit, Step, To
from callflows.steps.call_back import CallBackStep
from callflows.steps.ring import ask_return, go_on
from callflows.steps.voicemail import VoicemailStep
from callflows.turn import Turning, WholeFloorNeeded
from routing.helpers import helpers
from routing.hunt import Hunt
from routing.swarm import room

MOST_FAULTS = 3  # while one client waits


class SwarmStep(Step):
    about: ClassVar[str] = "Rings everybody who can help, all at once; the caller waits with music, 1 and 2 work."
    instead: ClassVar[str] = "route"
    to_person: ClassVar[bool] = True

    step: Literal["swarm"] = "swarm"
    otherwise: To = Field(description="the step if nobody comes")
    call_back: str = Field(default="", description="the step for whoever presses 1 while waiting")
    voicemail: str = Field(default="", description="the step for whoever presses 2 while waiting")

    def exits(self) -> tuple[Exit, ...]:
        keys = (("call_back", self.call_back), ("voicemail", self.voicemail))
        return (Exit("otherwise", self.otherwise), *(Exit(name, to, chosen=True) for name, to in keys if to))

    def enter(self, turn: Turning) -> None:
        if not turn.floor.whole:
            raise WholeFloorNeeded
        turn.find_matter()
        held, pod = turn.contact.hunt, turn.floor.pods.get(turn.contact.pod)
        places = helpers(
            turn.pod_people,
            pod.strategy if pod else "linear",
            tuple(turn.floor.standings.values()),
            called={*turn.contact.called, *held.tried, *held.declined},
        )
        if not swarming.begin(turn, places):
            turn.go(self.otherwise)

    def words(self) -> str:
        return f"Rings everybody who can help, all at once; if nobody comes, {self.otherwise}."


def on_answer(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> None:
    """A round of the waiting loop is over. If a helper and a key meet, the first turn kept wins."""
    key = event.digits if isinstance(event, CallerPressed) else ""
    if key:
        turn.tell("pressed", leg=event.leg, key=key)
    swarm = turn.contact.swarm
    if swarm is not None and swarm.inside:
        swarming.connect(turn)
        return
    step = turn.here(SwarmStep)
    match key:
        case "1":
            swarming.close(turn, "the client asked to be called back")
            leave_by(turn, step.call_back if step else "", CallBackStep)
        case "2":
            swarming.close(turn, "the client leaves a message")
            set_due(turn)
            leave_by(turn, step.voicemail if step else "", VoicemailStep)
        case _:
            swarming.give_up_unheard(turn)
            if swarming.is_over(turn):
                nobody(turn)
            else:
                swarming.wait(turn)


def on_late_answer(turn: Turning) -> None:
    """A round of the waiting loop that was under way when a job moved the client's leg. Nobody hears the answer, or it
    is the same room; who is alone there is taken back by what has found that out."""
    turn.because("late")
    swarm = turn.contact.swarm
    number = swarm.number if swarm else turn.contact.swarms
    turn.reply(JoinRoom(room(turn.contact.contact, number), ends=not (swarm and swarm.moving)))


def leave_by(turn: Turning, to: str, kind: type[Step]) -> None:
    if to:
        turn.go(to)
    else:
        turn.go_to_first(kind)


def nobody(turn: Turning) -> None:
    """All have been rung and nobody came. Whoever could not be rung by Twilio's API is rung from the client's leg."""
    swarm = turn.contact.swarm
    line = swarm.unplaced if swarm else ()
    swarming.close(turn, "Twilio's API is away" if line else "nobody came")
    if swarm is not None and swarm.is_of_a_talk and not line:
        ask_return(turn)
        return
    if not line or swarm is None:
        turn.leave()
        return
    held = turn.contact.hunt
    hunt = Hunt(began=turn.now_ms, rung=held.rung, declined=held.declined)
    turn.became(stage="hunting", swarm=replace(swarm, helpers=(), line=line), hunt=hunt)
    turn.because("one_by_one", detail=str(len(line)))
    go_on(turn)


def on_moved(turn: Turning, event: CallerMoved) -> None:
    """A job has moved the client's leg: into the room, or out of it when they are alone there."""
    swarm = turn.contact.swarm
    if swarm is None or swarm.line:
        turn.because("late", detail="CallerMoved")
        turn.leave()
    elif swarm.inside:
        swarming.connect(turn, moved=True)
    else:
        turn.became(swarm=replace(swarm, moving=False))
        back(turn)


def on_room_dial_ended(turn: Turning, event: RoomDialEnded) -> None:
    """The room is over for the client, who is still there."""
    back(turn)


def back(turn: Turning) -> None:
    """The client is alone: back to whom they talked with, else on waiting for those who still ring; for those first, if
    they were called into a talk of two."""
    swarm = turn.contact.swarm
    of_talk = swarm is not None and swarm.is_of_a_talk and not (swarm.ringing and turn.contact.becoming is None)
    if turn.contact.talked and (turn.contact.swarmed or of_talk):
        swarming.close(turn, "the helpers have left")
        ask_return(turn)
    elif swarm is not None and swarm.ringing:
        turn.became(swarm=replace(swarm, arrived=0, moving=False))
        swarming.wait(turn)
    else:
        nobody(turn)


def on_faulted(turn: Turning) -> bool:
    """Something of ours broke while the client waited: they go on waiting, unless it happens again and again."""
    swarm = turn.contact.swarm
    if turn.contact.stage != "waiting" or swarm is None or swarm.faults >= MOST_FAULTS:
        return False
    turn.became(swarm=replace(swarm, faults=swarm.faults + 1))
    swarming.wait(turn, Say("apology_waiting"))
    return True
