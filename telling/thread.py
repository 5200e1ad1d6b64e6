"""A client's thread in words: their calls and what was written, in one order, as one reads a conversation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from db.snapshot import Directory
from telling.names import names_now
from telling.words import Words, words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """`who`: the client by name."""

    who: str
    words: Words
    directory: Directory

    def entry(self, row: Row) -> str:
        return self.message(row) if row["words"] or row["files"] or row["message"] else self.call(row)

    def call(self, row: Row) -> str:
        outcome = self.words.outcomes.get(row["outcome"], row["outcome"]) or self.words.sentences["thread_open"]
        known = "thread_called_back" if row["direction"] == "outbound" else "thread_called"
        talked = self.words.all_of([self.name(one) for one in row["technicians"]])
        by = self.words.say("thread_by", technicians=talked) if talked else ""
        seconds = row["seconds"]
        length = self.words.say("thread_length", length=self.words.length(float(seconds))) if seconds else ""
        return self.words.say(known, who=self.who, outcome=outcome, by=by, length=length)

    def message(self, row: Row) -> str:
        inbound = row["direction"] == "inbound"
        writer = self.who if inbound else self.words.all_of([self.name(one) for one in row["technicians"]])
        body = " ".join(row["words"].split())
        files = self.words.say("thread_files", files=len(row["files"])) if row["files"] else ""
        said = self.words.say("thread_words", words=body) if body else ""
        return self.words.say(
            "thread_message",
            who=writer or self.words.sentences["thread_ourselves"],
            said=" ".join(filter(None, (said, files))) or self.words.sentences["thread_nothing"],
            arrived="" if inbound else self.became(row),
        )

    def became(self, row: Row) -> str:
        """Of a text of ours."""
        why = row["error"] or ""
        if why:
            code = self.words.failures["code"].format(code=why) if why.isdigit() else why
            return self.words.say("thread_failed", why=self.words.failures.get(why, code))
        return self.words.arrived.get(row["status"], "")

    def name(self, key: str) -> str:
        technician = self.directory.technician(key)
        return technician.name if technician else key


def lines(client: str, rows: Sequence[Row], directory: Directory, language: str = "en") -> Iterator[str]:
    """As printed: a heading, then each day with what was said on it. Times are those of the client's municipality."""
    known = directory.client(client)
    place = known.municipalities[0] if known and known.municipalities else ""
    names = names_now(directory, {"client": client, "municipality": place, "pod": ""}, language=language)
    zone, spoken = ZoneInfo(names.zone), words(language)
    telling = Telling(names.clients.get(client, client), spoken, directory)
    yield spoken.say("thread_heading", who=telling.who, zone=names.zone)
    before = ""
    for row in rows:
        at = row["at"].astimezone(zone)
        day = spoken.instant("day", at)
        if day != before:
            yield day
        before = day
        channel = spoken.sentences[f"thread_{row['channel']}"]
        yield f"{spoken.instant('clock', at)} {channel} {telling.entry(row)}"
