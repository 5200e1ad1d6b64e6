"""A supervisor's terminal: files in a folder, and `podline` as they would type it there."""

import asyncio
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from podline.demo.desk import Otherwise
from podline.demo.service import PROGRAM, environment

ANSWERS_WITHIN = 30.0  # seconds


@dataclass(frozen=True)
class Answered:
    """What a command said, and its exit status. `ended` raises Otherwise."""

    command: str
    status: int
    lines: tuple[str, ...]

    def ended(self, status: int, *told: str) -> None:
        """`told` was said, each in some line."""
        if self.status != status:
            said = " ".join(self.lines)[-300:]
            raise Otherwise(f"`{self.command}` should end with status {status}, but ended with {self.status}: {said}")
        for words in told:
            if not any(words in line for line in self.lines):
                raise Otherwise(f"`{self.command}` should say “{words}”, but said: {' '.join(self.lines)[-300:]}")


@dataclass(frozen=True)
class Terminal:
    """`settings` lead to the service of the stage."""

    folder: Path
    settings: Mapping[str, str]

    def writes(self, file: str, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / file).write_text(text, encoding="utf-8")

    async def types(self, *words: str) -> Answered:
        """`podline` with these words. Raises Otherwise if it doesn't end."""
        command = shlex.join(("podline", *words))
        child = await asyncio.create_subprocess_exec(
            *PROGRAM,
            *words,
            cwd=self.folder,
            env={**environment(self.settings), "PYTHONUTF8": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            said = await asyncio.wait_for(child.communicate(), ANSWERS_WITHIN)
        except TimeoutError:
            raise Otherwise(f"`{command}` was not over after {ANSWERS_WITHIN:.0f} s") from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        lines = tuple(line for part in said for line in part.decode(errors="replace").splitlines())
        return Answered(command, child.returncode or 0, lines)
