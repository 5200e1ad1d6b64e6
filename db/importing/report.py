"""What an import found and did, in numbers for programs and in plain words for people."""

from collections.abc import Iterator
from dataclasses import dataclass, field

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. `line` 1 is the header, 0 the whole file; `file` empty means the folder,
    `column` empty the whole row. `reason` is a sentence, `value` the cell as written."""

    file: str
    line: int
    column: str
    reason: str
    value: str = ""

    def __str__(self) -> str:
        place = self.file + (f", line {self.line}" if self.line else "")
        place += f", {self.column}" if self.column else ""
        return f"{place}: {self.reason}" if place else self.reason


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file's rows. Keys are a sample, sorted; the counts are exact."""

    file: str
    rows: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    added_keys: tuple[str, ...] = ()
    changed_keys: tuple[str, ...] = ()
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one import; with `dry_run`, of the one that would have been."""

    files: tuple[FileReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    dry_run: bool = False
    strict: bool = False
    published: tuple[tuple[str, int], ...] = field(default=())

    @property
    def loaded(self) -> bool:
        """Whether at least one file was loaded (or would be)."""
        return any(file.loaded for file in self.files)

    def lines(self, shown: int = SHOWN) -> Iterator[str]:
        """The report as printed: problems, warnings, then a sentence a file; of keys the first `shown`."""
        yield from (str(problem) for problem in self.problems)
        yield from (f"Note: {warning}" for warning in self.warnings)
        for file in self.files:
            yield from self._file_lines(file, shown)
        if self.published:
            versions = ", ".join(f"{flow} {version}" for flow, version in self.published)
            if self.dry_run:
                yield f"Ring orders or hours would change; this would publish {versions}."
            else:
                yield f"Ring orders or hours changed; published {versions}."
        if self.problems and not self.loaded:
            yield "Nothing was loaded."
        elif self.dry_run:
            yield "This was a dry run: nothing was changed."

    def _file_lines(self, file: FileReport, shown: int) -> Iterator[str]:
        refused = f", {file.refused} refused" if file.refused else ""
        if not file.loaded:
            yield f"{file.file}: not loaded{refused}."
            return
        would = "would be " if self.dry_run else ""
        yield (
            f"{file.file}: {file.added} {would}added, {file.changed} {would}changed, "
            f"{file.unchanged} unchanged{refused}."
        )
        if self.dry_run:
            for word, count, keys in (
                ("add", file.added, file.added_keys),
                ("change", file.changed, file.changed_keys),
            ):
                if keys:
                    more = f" and {count - len(keys[:shown])} more" if count > len(keys[:shown]) else ""
                    yield f"  {word}: {', '.join(keys[:shown])}{more}"
