"""Ask the caller to choose by a key. Silence and wrong keys lead on as well, so nobody is kept in a menu."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field

from callflows.events import CallerPressed, CallerSaid, CallerStayed
from callflows.step import Exit, Known, Problem, Prompt, Step, To
from callflows.turn import Turning

KEYS = frozenset("0123456789*#")


class MenuStep(Step):
    about: ClassVar[str] = "Asks the caller to choose by a key."
    prompt_fields: ClassVar[tuple[str, ...]] = ("say", "wrong")
    instead: ClassVar[str] = "ask"

    step: Literal["menu"] = "menu"
    say: Prompt = Field(description="what the caller hears, the keys included")
    keys: dict[str, To] = Field(min_length=1, description="a key and the step to which it leads")
    otherwise: To = Field(description="the step for whoever presses nothing, or a wrong key too often")
    tries: int = Field(default=2, ge=1, le=5, description="how often it is asked")
    seconds: int = Field(default=0, ge=0, le=30, description="how long a key is waited for; 0: the flow's `answer`")
    wrong: Prompt = Field(default="menu_wrong_key", description="what is said before it is asked again")

    def exits(self) -> tuple[Exit, ...]:
        chosen = (Exit(f"keys.{key}", to, chosen=True) for key, to in self.keys.items())
        return (*chosen, Exit("otherwise", self.otherwise))

    def check(self, known: Known) -> Iterable[Problem]:
        for key in self.keys:
            if key not in KEYS:
                yield Problem(f"keys.{key}", f"{key!r} is no key of a telephone; keys are 0 to 9, * and #.")

    def enter(self, turn: Turning) -> None:
        turn.became(stage="choosing", asked=None)
        self.ask(turn)

    def ask(self, turn: Turning, *before: str) -> None:
        says = tuple(turn.worded(prompt) for prompt in (*before, self.say))
        turn.ask("menu_step", *says, options=(turn.contact.step,), seconds=self.seconds)

    def words(self) -> str:
        keys = ", ".join(f"{key} for {to}" for key, to in self.keys.items())
        return f"Asks “{self.say}”: {keys}; otherwise {self.otherwise}."


def on_answer(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> None:
    menu, asked = turn.here(MenuStep), turn.contact.asked
    if isinstance(event, CallerPressed):
        turn.tell("pressed", leg=event.leg, key=event.digits)
    if menu is None:
        turn.leave()
        return
    chosen = menu.keys.get(event.digits) if isinstance(event, CallerPressed) else None
    if chosen is not None:
        turn.because("chosen", detail=chosen)
        turn.go(chosen)
    elif asked is not None and asked.tries + 1 < menu.tries:
        menu.ask(turn, *((menu.wrong,) if isinstance(event, CallerPressed) else ()))
    else:
        turn.because("nothing_chosen")
        turn.go(menu.otherwise)
