"""Connect the caller with a telephone number that is none of ours."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from callflows.actions import DialOther, Hangup
from callflows.parts.ending import close
from callflows.step import Exit, Known, Problem, Prompt, Step, To
from callflows.turn import Turning
from routing.numbers import number_to_call


class TransferStep(Step):
    about: ClassVar[str] = "Connects the caller with another telephone number."
    prompt_fields: ClassVar[tuple[str, ...]] = ("say",)
    instead: ClassVar[str] = "route"
    to_person: ClassVar[bool] = True

    step: Literal["transfer"] = "transfer"
    number: str = Field(min_length=1, description="the telephone number, as people write it")
    otherwise: To = Field(description="the step if nobody answers there")
    say: Prompt = Field(default="transfer", description="what the caller hears first")
    seconds: int = Field(default=25, ge=5, le=60, description="how long it rings")

    @property
    def dialed(self) -> str:
        """E.164."""
        return number_to_call(self.number) or ""

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("otherwise", self.otherwise),)

    def check(self, known: Known) -> Iterable[Problem]:
        if not self.dialed:
            yield Problem("number", f"{self.number!r} is no telephone number that can be called from here.")
        elif self.dialed in known.lines:
            yield Problem("number", "This is a line of our own: the call would come back to us.")

    def enter(self, turn: Turning) -> None:
        if not self.dialed:
            turn.go(self.otherwise)
            return
        turn.became(stage="dialing")
        turn.say(self.say)
        turn.reply(DialOther(turn.contact.step, self.seconds))

    def words(self) -> str:
        return f"Connects the caller with {self.number}; if nobody answers, {self.otherwise}."


def on_ended(turn: Turning, *, talked: bool) -> None:
    """That number's telephone is hung up, or was never answered."""
    if not talked:
        turn.leave()
        return
    turn.became(fell_back=True)
    turn.say("goodbye")
    turn.reply(Hangup())
    close(turn, "the other number took the call")
