"""A thread in words: calls and what was written, in one order, as one reads a conversation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from db.snapshot import Directory
from routing.addresses import as_read
from telling.names import Names, names_now
from telling.words import Words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
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
        return self.words.say(known, who=self.who(row), outcome=outcome, by=by, length=length)

    def message(self, row: Row) -> str:
        inbound = row["direction"] == "inbound"
        writer = self.who(row) if inbound else self.words.all_of([self.name(one) for one in row["technicians"]])
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
            known = "thread_not_sent" if row["status"] == "canceled" else "thread_failed"
            return self.words.say(known, why=self.words.failures.get(why, code))
        return self.words.arrived.get(row["status"], "")

    def who(self, row: Row) -> str:
        """The client of that entry by name, else by the number or address."""
        client = self.directory.client(row["client"]) if row["client"] else None
        known = client.name if client else row["client"] or as_read(row["peer"])
        return known or self.words.page["withheld"]

    def name(self, key: str) -> str:
        technician = self.directory.technician(key)
        return technician.name if technician else key


def lines_of_client(client: str, rows: Sequence[Row], directory: Directory, language: str = "en") -> Iterator[str]:
    known = directory.client(client)
    place = known.municipalities[0] if known and known.municipalities else ""
    names = names_now(directory, {"client": client, "municipality": place, "pod": ""}, language=language)
    return lines(names.clients.get(client, client), rows, names, directory)


def lines_of_matter(matter: Row, rows: Sequence[Row], directory: Directory, language: str = "en") -> Iterator[str]:
    """`matter`: as its row has it."""
    names = names_now(directory, matter, language=language)
    number = names.words.page["number"].format(number=matter["matter"])
    client = names.clients.get(matter["client"] or "", "") or as_read(matter["number"])
    known = (names.municipalities.get(matter["municipality"] or "", ""), client)
    return lines(" ".join((number, ", ".join(filter(None, known)))).strip(), rows, names, directory)


def lines(of: str, rows: Sequence[Row], names: Names, directory: Directory) -> Iterator[str]:
    """As printed: a heading, then each day with what was said on it, in the time zone of the client's municipality."""
    zone, spoken = ZoneInfo(names.zone), names.words
    telling = Telling(spoken, directory)
    yield spoken.say("thread_heading", who=of, zone=names.zone)
    before = ""
    for row in rows:
        at = row["at"].astimezone(zone)
        day = spoken.instant("day", at)
        if day != before:
            yield day
        before = day
        channel = spoken.sentences[f"thread_{row['channel']}"]
        yield f"{spoken.instant('clock', at)} {channel} {telling.entry(row)}"
