"""Write something to the client, and go on; or leave it at that, for whoever asked for nothing more."""

from typing import ClassVar, Literal

from pydantic import Field

from callflows.actions import Say
from callflows.parts.ending import close
from callflows.step import TEXT, Channel, Exit, Prompt, Step
from callflows.turn import Turning


class ReplyStep(Step):
    about: ClassVar[str] = "Sends the client a text and goes on."
    channels: ClassVar[frozenset[Channel]] = TEXT
    instead: ClassVar[str] = "say"
    prompt_fields: ClassVar[tuple[str, ...]] = ("say",)
    ends: ClassVar[bool] = True
    waits: ClassVar[bool] = False

    step: Literal["reply"] = "reply"
    say: Prompt = Field(description="the words of the text")
    next: str = Field(
        default="",
        description="the step that follows; without one the conversation is over, which only an answer may lead to",
    )

    @property
    def dismisses(self) -> bool:
        return not self.next

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("next", self.next),) if self.next else ()

    def enter(self, turn: Turning) -> None:
        turn.send(Say(self.say))
        if self.next:
            turn.go(self.next)
        else:
            turn.became(dismissed=True)
            close(turn, "the flow's answer was all they asked for")

    def words(self) -> str:
        after = f"goes on to {self.next}" if self.next else "leaves it at that"
        return f"Writes “{self.say}”, then {after}."

    def leave(self) -> str:
        return self.next
