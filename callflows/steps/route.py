"""Give the client's words to a person; while nobody is at work, promise an answer by a time. Who it is, is
`callflows.texting.routing`'s."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from callflows.step import TEXT, Channel, Known, Problem, Prompt, Step
from callflows.texting import routing
from callflows.turn import Turning, WholeFloorNeeded


class RouteStep(Step):
    about: ClassVar[str] = (
        "Gives the client's words to the matter's owner, else to somebody of the team who is at work; while nobody is, "
        "an answer is promised."
    )
    channels: ClassVar[frozenset[Channel]] = TEXT
    instead: ClassVar[str] = "ring"
    prompt_fields: ClassVar[tuple[str, ...]] = ("later",)
    to_person: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    step: Literal["route"] = "route"
    pod: str = Field(default="", description="give it to this pod, whoever writes; without it the client's own")
    to: Literal["owner", "pod"] = Field(
        default="owner", description="`owner`: who owns the client's matter comes first; `pod`: the pod's order alone"
    )
    later: Prompt = Field(
        default="text_later", description="what the client is told while nobody is at work; `due` is the promised time"
    )

    def check(self, known: Known) -> Iterable[Problem]:
        if self.pod and known.pods is not None and self.pod not in known.pods:
            yield Problem("pod", f"There is no pod {self.pod!r} in the directory.")

    def enter(self, turn: Turning) -> None:
        if self.pod and turn.contact.pod != self.pod:
            if not turn.floor.whole:
                raise WholeFloorNeeded  # that pod's people may not be on it
            turn.became(pod=self.pod)
        routing.route(turn, self)

    def words(self) -> str:
        pod = f"pod {self.pod}" if self.pod else "the client's pod"
        whom = f"the matter's owner, else to {pod}" if self.to == "owner" else pod
        return f"Gives the client's words to {whom}; while nobody is at work, “{self.later}” promises an answer."
