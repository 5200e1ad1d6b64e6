"""Promise to call back: the number is read back and confirmed, or keyed in (DESIGN 5, "Matters")."""

from typing import ClassVar, Literal

from pydantic import Field

from callflows.actions import Hangup, Say
from callflows.events import CallerPressed, CallerSaid, CallerStayed
from callflows.parts.ending import close
from callflows.parts.message import record
from callflows.parts.promises import promise, set_due
from callflows.step import Exit, Step
from callflows.turn import Turning
from routing.numbers import number_to_call

MOST_TRIES = 2


class CallBackStep(Step):
    about: ClassVar[str] = "Promises a call back: the number is confirmed or keyed in, somebody owns it, it has a time."
    instead: ClassVar[str] = "route"
    ends: ClassVar[bool] = True

    step: Literal["call_back"] = "call_back"
    otherwise: str = Field(default="", description="the step if no number can be had; without one a message is taken")

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("otherwise", self.otherwise),) if self.otherwise else ()

    def enter(self, turn: Turning) -> None:
        turn.became(stage="recording", failed=0, asked=None)
        set_due(turn)
        if turn.floor.number:
            turn.ask("number_right", Say("callback_number"), Say("callback_number_keys"))
        else:
            ask_number(turn)

    def words(self) -> str:
        without = self.otherwise or "a message"
        return f"Promises to call back by a time in the client's business hours; without a number, {without}."


def on_answer(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> None:
    asked = turn.contact.asked
    key = event.digits if isinstance(event, CallerPressed) else ""
    if key and not (asked and asked.kind == "number"):
        turn.tell("pressed", leg=event.leg, key=key)
    match asked.kind if asked else "":
        case "number_right" if key == "1":
            promised(turn)
        case "number_right" if key:
            turn.became(number="")
            ask_number(turn)
        case "number":
            turn.tell("pressed", leg=event.leg, key=f"{len(key)} digits")  # a number is nothing for a story
            on_number(turn, key)
        case _:
            without(turn)


def without(turn: Turning) -> None:
    """No number to call: the step's own exit, or a message."""
    if turn.step.leave() and turn.here(CallBackStep):
        turn.leave()
    else:
        record(turn)


def ask_number(turn: Turning) -> None:
    turn.became(failed=turn.contact.failed + 1)
    if turn.contact.failed > MOST_TRIES:
        without(turn)
    else:
        turn.ask("number", Say("callback_key_in"), keys=0)


def on_number(turn: Turning, keyed: str) -> None:
    number = number_to_call(keyed)
    if number is None or number == turn.contact.line:
        turn.because("bad_number")
        ask_number(turn)
    else:
        turn.became(number=number)
        turn.ask("number_right", Say("callback_number"), Say("callback_number_keys"))


def promised(turn: Turning) -> None:
    promise(turn, message=False, asked=True)
    if not turn.contact.promised:  # nobody is left who could own it
        record(turn)
        return
    turn.say("callback_thanks", due=turn.due_text())
    turn.reply(Hangup())
    close(turn, "a call back was promised")
