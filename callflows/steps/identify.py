"""Who is calling: by the number, else by asking (`parts.asking`), never in circles."""

from typing import ClassVar, Literal

from pydantic import Field

from callflows.parts import asking, known
from callflows.step import TEXT, VOICE, Channel, Exit, Step, To
from callflows.turn import Turning


class IdentifyStep(Step):
    about: ClassVar[str] = "Finds out who is calling and for which municipality: by the number, else by asking."
    channels: ClassVar[frozenset[Channel]] = VOICE | TEXT

    step: Literal["identify"] = "identify"
    next: To = Field(description="the step for callers whose team is known")
    unknown: To = Field(description="the step for callers of whom no team is known")
    ask: bool = Field(default=True, description="whether callers who are not known by their number are asked")

    def exits(self) -> tuple[Exit, ...]:
        return (Exit("next", self.next), Exit("unknown", self.unknown))

    def enter(self, turn: Turning) -> None:
        """Known by the number, asked which of those that share it, or asked altogether."""
        callers = turn.floor.callers
        asks = self.ask and can_ask(turn)
        places = known.places_of(turn)
        if turn.contact.pod and (turn.contact.client or turn.contact.matter) and not turn.contact.technician:
            turn.go(self.next)  # somebody who comes by here again, or whose letter names its matter
        elif not callers and turn.floor.at_domain:
            turn.because("known_domain")
            known.settle(turn, turn.floor.at_domain, None, by="domain")
        elif not callers:
            turn.tell("unidentified", withheld=not turn.contact.known_number)
            turn.because("unknown_number")
            if asks:
                asking.begin(turn)
            else:
                turn.go(self.unknown)
        elif len(callers) == 1 and len(places) <= 1:
            turn.because("known_number", detail=f"{len(callers)} client(s), {len(places)} municipality(ies)")
            by = "address" if turn.contact.channel == "email" else "number"
            known.settle(turn, places[0] if places else "", callers[0], by=by)
        else:
            known.share(turn)
            turn.because("shared_number", detail=f"{len(callers)} client(s), {len(places)} municipality(ies)")
            if asks:
                asking.begin(turn)
            else:
                asking.go_on(turn)

    def words(self) -> str:
        asked = "" if self.ask else " without asking"
        return f"Finds out who is calling{asked}: {self.next} for those whose team is known, {self.unknown} for others."

    def leave(self) -> str:
        return self.unknown


def can_ask(turn: Turning) -> bool:
    """Whoever is sent no texts would never read the question; and nobody waits for an e-mail that asks one."""
    return turn.contact.channel == "voice" or (turn.contact.channel == "text" and not turn.why_not_sent())
