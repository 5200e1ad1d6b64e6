"""Say something, and go on."""

from typing import ClassVar, Literal

from pydantic import Field

from callflows.step import Exit, Prompt, Step, To
from callflows.turn import Turning


class SayStep(Step):
    about: ClassVar[str] = "Says something to the caller and goes on."
    prompt_fields: ClassVar[tuple[str, ...]] = ("say",)
    instead: ClassVar[str] = "reply"
    waits: ClassVar[bool] = False

    step: Literal["say"] = "say"
    say: Prompt = Field(description="what the caller hears")
    next: To = Field(description="the step that follows")

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("next", self.next),)

    def enter(self, turn: Turning) -> None:
        turn.say(self.say)
        turn.go(self.next)

    def words(self) -> str:
        return f"Says “{self.say}”, then goes on to {self.next}."

    def leave(self) -> str:
        return self.next
