"""Whether somebody is at work: the pod's people, or the municipality itself."""

from typing import ClassVar, Literal

from pydantic import Field

from callflows.parts.promises import week
from callflows.step import TEXT, VOICE, Channel, Exit, Step, To
from callflows.turn import Turning
from routing.due import is_business
from routing.eligible import off_duty


class HoursStep(Step):
    about: ClassVar[str] = "Goes one way while the caller's team (or municipality) is at work, another way when not."
    channels: ClassVar[frozenset[Channel]] = VOICE | TEXT
    waits: ClassVar[bool] = False
    needs_caller: ClassVar[bool] = True

    step: Literal["hours"] = "hours"
    open: To = Field(description="the step while they are at work")
    closed: To = Field(description="the step while they are not")
    of: Literal["pod", "municipality"] = Field(
        default="pod",
        description="`pod`: somebody of it is on shift; `municipality`: its business hours, without holidays",
    )

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("open", self.open), Exit("closed", self.closed))

    def enter(self, turn: Turning) -> None:
        is_open = self.is_open(turn)
        turn.because("open" if is_open else "closed", detail=self.of)
        turn.go(self.open if is_open else self.closed)

    def is_open(self, turn: Turning) -> bool:
        if self.of == "municipality":
            return is_business(turn.floor.at, week=week(turn), zone=turn.zone, holidays=turn.holidays)
        people = turn.pod_people
        return any(off_duty(one, turn.shift(one.technician.technician), turn.floor.at) is None for one in people)

    def words(self) -> str:
        whose = "somebody of the team is on shift" if self.of == "pod" else "the municipality is open"
        return f"While {whose}: {self.open}; else {self.closed}."

    def leave(self) -> str:
        return self.closed
