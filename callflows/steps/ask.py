"""Ask the client something by text. Whoever answers nothing, or nothing that is understood, is led on as well."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from callflows.actions import Say
from callflows.step import TEXT, Channel, Exit, Known, Problem, Prompt, Step, To
from callflows.steps.keyword import holds
from callflows.text_events import TextArrived
from callflows.turn import Turning
from routing.optout import opt_word
from routing.spoken import plain

MOST_AROUND = 2  # words beside a number that is an answer: "1 please", but not "we have 2 pumps here"


class AskStep(Step):
    about: ClassVar[str] = "Asks the client something by text, and goes where the answer leads."
    channels: ClassVar[frozenset[Channel]] = TEXT
    instead: ClassVar[str] = "menu"
    prompt_fields: ClassVar[tuple[str, ...]] = ("say", "wrong")

    step: Literal["ask"] = "ask"
    say: Prompt = Field(description="the question, with all that may be answered")
    answers: dict[str, To] = Field(min_length=1, description="a number or a word, and the step to which it leads")
    otherwise: To = Field(description="the step for whoever answers nothing, or too often nothing of these")
    tries: int = Field(default=2, ge=1, le=5, description="how often it is asked")
    wrong: Prompt = Field(default="text_wrong_answer", description="what stands before the question asked again")

    def exits(self) -> tuple[Exit, ...]:
        chosen = (Exit(f"answers.{answer}", to, chosen=True) for answer, to in self.answers.items())
        return (*chosen, Exit("otherwise", self.otherwise))

    def check(self, known: Known) -> Iterable[Problem]:
        seen: dict[tuple[str, ...], str] = {}
        for answer in self.answers:
            folded = tuple(plain(answer))
            if not folded:
                yield Problem(f"answers.{answer}", f"{answer!r} has no letter or digit: nobody could answer it.")
            elif opt_word(answer):
                yield Problem(
                    f"answers.{answer}",
                    f"Whoever answers {answer!r} ends or begins our texts, or asks for help. Take another word.",
                )
            elif folded in seen:
                yield Problem(
                    f"answers.{answer}", f"This is the same answer as {seen[folded]!r}. Take one of them out."
                )
            seen.setdefault(folded, answer)

    def enter(self, turn: Turning) -> None:
        turn.became(asked=None)
        self.ask(turn)

    def ask(self, turn: Turning, *before: str) -> None:
        """Who can't be asked is not waited for."""
        if why_not := turn.why_not_sent():
            turn.because("not_asked", detail=why_not)
            turn.go(self.otherwise)
            return
        turn.ask("text_answer", *(Say(prompt) for prompt in (*before, self.say)), options=(turn.contact.step,))
        turn.became(stage="texting")

    def on_text(self, turn: Turning, event: TextArrived) -> None:
        """The client has written while the question stood; an answer is no words of theirs for a technician to read."""
        asked, to = turn.contact.asked, self.meant(event.body)
        if to is not None:
            turn.because("text_chosen", detail=to)
            if len(plain(event.body)) <= MOST_AROUND + 1:
                turn.threads(waiting=tuple(one for one in turn.thread.waiting if one != event.leg))
                turn.text = turn.thread.opening
            turn.go(to)
        elif asked is not None and asked.tries + 1 < self.tries:
            self.ask(turn, self.wrong)
        else:
            turn.because("text_not_chosen")
            turn.go(self.otherwise)

    def meant(self, written: str) -> str | None:
        """The step to which the text leads; None if it holds no answer, or several that lead elsewhere."""
        words = plain(written)
        every = {answer: plain(answer) for answer in self.answers}
        whole = [self.answers[answer] for answer, folded in every.items() if folded == words]
        found = {self.answers[answer] for answer, folded in every.items() if is_answer(words, folded)}
        return whole[0] if whole else found.pop() if len(found) == 1 else None

    def words(self) -> str:
        answers = ", ".join(f"{answer} for {to}" for answer, to in self.answers.items())
        return f"Asks “{self.say}” by text: {answers}; otherwise {self.otherwise}."


def is_answer(written: Sequence[str], answer: Sequence[str]) -> bool:
    """A number counts only where hardly anything stands beside it."""
    is_number = len(answer) == 1 and answer[0].isdigit()
    return holds(written, answer) and (not is_number or len(written) <= MOST_AROUND + 1)
