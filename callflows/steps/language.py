"""In which language: asked only of somebody whom the number doesn't tell us, on a line that speaks several."""

from typing import ClassVar, Literal

from pydantic import Field

from callflows.parts import asking
from callflows.step import Exit, Step, To
from callflows.turn import Turning


class LanguageStep(Step):
    about: ClassVar[str] = "Asks callers whom we don't know for their language, by one sentence in each."

    step: Literal["language"] = "language"
    next: To = Field(description="the step that follows, in that language")

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("next", self.next),)

    def enter(self, turn: Turning) -> None:
        if turn.contact.chosen or turn.floor.callers or len(turn.floor.line.languages) < 2:
            turn.go(self.next)
        else:
            turn.became(stage="asking", asked=None)
            asking.ask_language(turn)

    def words(self) -> str:
        return f"Asks for the language if it isn't known, then goes on to {self.next}."

    def leave(self) -> str:
        return self.next
