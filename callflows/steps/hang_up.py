"""Say goodbye and hang up: for callers who have chosen it."""

from typing import ClassVar, Literal

from pydantic import Field

from callflows.actions import Hangup
from callflows.parts.ending import close
from callflows.step import Prompt, Step
from callflows.turn import Turning


class HangUpStep(Step):
    about: ClassVar[str] = "Says goodbye and hangs up. Only for callers who chose it by a key."
    prompt_fields: ClassVar[tuple[str, ...]] = ("say",)
    instead: ClassVar[str] = "reply"
    ends: ClassVar[bool] = True

    step: Literal["hang_up"] = "hang_up"
    say: Prompt = Field(default="goodbye", description="the last words")

    @property
    def dismisses(self) -> bool:
        return True

    def enter(self, turn: Turning) -> None:
        turn.say(self.say)
        turn.reply(Hangup())
        turn.became(dismissed=True)
        close(turn, "the flow said goodbye")

    def words(self) -> str:
        return f"Says “{self.say}” and hangs up."
