"""Nobody can take the call: a time is promised aloud, and whoever stays leaves a message.

A promise follows, whoever hangs up when; its making is `parts.promises`'.
"""

from typing import ClassVar, Literal

from pydantic import Field

from callflows.actions import Record, Say
from callflows.events import CallerPressed, CallerSaid, CallerStayed
from callflows.parts.message import is_known, record
from callflows.parts.promises import owner, set_due
from callflows.step import Exit, Prompt, Step
from callflows.turn import Turning

LISTENS = 3  # seconds after the offer of a call back


class VoicemailStep(Step):
    about: ClassVar[str] = "Promises a time aloud, takes a message, and lets somebody own the promise."
    prompt_fields: ClassVar[tuple[str, ...]] = ("say",)
    instead: ClassVar[str] = "route"
    ends: ClassVar[bool] = True

    step: Literal["voicemail"] = "voicemail"
    say: Prompt = Field(default="voicemail", description="what the caller hears first; `due` is the promised time")
    call_back: str = Field(default="", description="the step for whoever presses 1 to be called back without a message")

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("call_back", self.call_back, chosen=True),) if self.call_back else ()

    def enter(self, turn: Turning) -> None:
        """Say by when somebody will call, offer to call back, and take the message of whoever stays."""
        turn.became(stage="recording", asked=None)
        if turn.contact.due:  # the caller knows by now, and has chosen a message
            record(turn)
            return
        set_due(turn)
        known = is_known(turn)
        if owner(turn) is None:
            turn.say("voicemail_nobody")
        else:
            prompt = self.say if known or self.say != "voicemail" else "voicemail_unknown"
            nobody = turn.worded(prompt, due=turn.due_text())
            if self.call_back:
                turn.ask("call_back", nobody, Say("callback_offer"), seconds=LISTENS, go_on=True)
            else:
                turn.reply(nobody)
                turn.tell("prompted", prompt=prompt)
            turn.say("voicemail_tone" if known else "voicemail_tone_unknown")
        turn.reply(Record(turn.times.voicemail))

    def words(self) -> str:
        called = f"; 1 leads to {self.call_back}" if self.call_back else ""
        return f"Says “{self.say}” and takes a message, which somebody answers by the promised time{called}."


def on_answer(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> None:
    """A key during the offer; whoever presses anything but 1 leaves a message."""
    step = turn.here(VoicemailStep)
    key = event.digits if isinstance(event, CallerPressed) else ""
    if key:
        turn.tell("pressed", leg=event.leg, key=key)
    if key == "1" and step is not None and step.call_back:
        turn.go(step.call_back)
    else:
        record(turn)
