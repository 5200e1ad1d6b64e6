"""Go one way or another by the words that the client wrote."""

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from callflows.step import TEXT, Channel, Exit, Known, Problem, Step, To
from callflows.turn import Turning
from routing.spoken import plain


def listed(value: object) -> object:
    """One word is a list of one; a number, such as that of a form, is a word too."""
    several = value if isinstance(value, (list, tuple)) else [value]
    return [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in several]


class Words(BaseModel):
    """One of these words, or phrases, in what the client wrote."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: Annotated[tuple[str, ...], BeforeValidator(listed)] = Field(
        min_length=1, description="words or phrases, of all languages together"
    )
    to: To = Field(description="the step to which they lead")


class KeywordStep(Step):
    about: ClassVar[str] = "Goes one way or another by words in what the client wrote."
    channels: ClassVar[frozenset[Channel]] = TEXT
    instead: ClassVar[str] = "menu"
    waits: ClassVar[bool] = False

    step: Literal["keyword"] = "keyword"
    cases: tuple[Words, ...] = Field(
        min_length=1, description="words, and where they lead; the first case of which one is found"
    )
    otherwise: To = Field(description="the step if none of them is found")

    def exits(self) -> tuple[Exit, ...]:
        cases = (Exit(f"cases.{place}.to", one.to) for place, one in enumerate(self.cases))
        return (*cases, Exit("otherwise", self.otherwise))

    def check(self, known: Known) -> Iterable[Problem]:
        before: list[Sequence[str]] = []
        for place, one in enumerate(self.cases):
            for count, words in enumerate(one.words):
                yield from wrong_words(f"cases.{place}.words.{count}", words, before)
                before.append(plain(words))

    def enter(self, turn: Turning) -> None:
        written = plain(turn.text)
        found = next(
            ((words, one.to) for one in self.cases for words in one.words if holds(written, plain(words))), None
        )
        if found is None:
            turn.because("no_keyword")
            turn.go(self.otherwise)
        else:
            turn.because("keyword", detail=found[0])
            turn.go(found[1])

    def words(self) -> str:
        cases = "; ".join(f"{' or '.join(f'“{word}”' for word in one.words)}: {one.to}" for one in self.cases)
        return f"Looks for words in what the client wrote: {cases}; otherwise {self.otherwise}."

    def leave(self) -> str:
        return self.otherwise


def holds(written: Sequence[str], words: Sequence[str]) -> bool:
    """Whether these words stand there whole, one behind the other. Both folded, without case and accents."""
    size = len(words)
    return size > 0 and any(list(written[at : at + size]) == list(words) for at in range(len(written) - size + 1))


def wrong_words(place: str, words: str, before: Iterable[Sequence[str]]) -> Iterable[Problem]:
    """`before`: the words that are looked for earlier, folded."""
    folded = plain(words)
    if not folded:
        yield Problem(place, f"{words!r} has no letter or digit that could be found in a text. Write a word.")
    elif any(holds(folded, one) for one in before):
        yield Problem(place, f"{words!r} is never reached: a word before it is found first.", warning=True)
