"""What a technician reads: the client's words under a header, with names as they are when the text goes out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from callflows.languages import Language, language
from callflows.turn import name_in
from db.deeds import Deed
from db.desk import Desk
from db.letters import list_unkept
from db.messages import Message, list_latest, list_messages_by_sid
from db.texts import About
from ivr.files import FileLinks
from routing.addresses import as_read
from routing.directory import Technician
from routing.places import telling

HISTORY = 4  # messages that somebody who joins is shown
LONGEST_PAST = 160  # characters of each
LONGEST_MARK = 80


@dataclass(frozen=True, slots=True)
class Composing:
    desk: Desk
    files: FileLinks | None

    async def body(self, deed: Deed, message: Message, about: About, technician: Technician) -> str:
        speech = language(technician.languages[0] if technician.languages else "en")
        if "lines" in deed.body:
            return "\n".join(speech.text(prompt, params) for prompt, params in deed.body["lines"])
        async with self.desk.pool.acquire() as connection:
            words = await list_messages_by_sid(connection, deed.body["legs"])
            if deed.body["by"]:  # without the number by which they said whom they meant
                words = [replace(one, body=deed.body["words"]) for one in words]
            past = await list_latest(connection, message.contact, HISTORY) if deed.body["note"] == "history" else []
            unkept = await list_unkept(connection, deed.body["legs"]) if about.channel == "email" else []
        heading = "tech_header_mail" if about.channel == "email" else "tech_header"
        header = speech.text(heading, {"matter": str(about.matter or ""), "who": self.who(about, speech)})
        lines = [*self.notes(deed, speech), *(self.past(one, speech) for one in past if one not in words)]
        lines += [line for one in words for line in self.said(one, speech)]
        lines += [speech.text("tech_unkept", {"names": ", ".join(unkept)})] if unkept else []
        by = self.desk.directory.technician(deed.body["by"]) if deed.body["by"] else None
        if by:
            header = speech.text("tech_header_by", {"matter": str(about.matter or ""), "technician": by.name})
        return "\n".join((f"{header} {lines[0]}" if len(lines) == 1 else header, *(lines if len(lines) != 1 else ())))

    def who(self, about: About, speech: Language) -> str:
        """Municipality and client, as far as they are known; else the number."""
        place = self.desk.directory.municipality(about.municipality) if about.municipality else None
        client = self.desk.directory.client(about.client) if about.client else None
        same = self.desk.directory.namesakes(place) if place else ()
        name = telling([place, *same], speech.code)[0] if place and same else name_in(place, speech.code)
        known = [part for part in (name, client.name if client else "") if part]
        if client is None:
            known.append(as_read(about.peer))
        return ", ".join(known)

    def notes(self, deed: Deed, speech: Language) -> Sequence[str]:
        note = deed.body["note"]
        return (speech.text(f"tech_note_{note}"),) if note in ("silenced", "blocked", "stand_in", "unreached") else ()

    def past(self, one: Message, speech: Language) -> str:
        """One of the last messages: who wrote it, and its beginning."""
        technician = self.desk.directory.technician(one.technician) if one.technician else None
        whose = technician.name if technician else speech.text("tech_desk" if one.direction == "out" else "tech_client")
        short = one.body if len(one.body) <= LONGEST_PAST else one.body[:LONGEST_PAST].rstrip() + "…"
        return f"{whose}: {short}"

    def said(self, one: Message, speech: Language) -> Sequence[str]:
        """The words, and a link to each file."""
        lines = [one.body] if one.body.strip() else []
        if not one.files:
            return lines or [speech.text("tech_nothing_written")]
        if self.files is None:
            return [*lines, speech.text("tech_files", {"count": str(len(one.files))})]
        return [*lines, *(self.files.to(one.message, place) for place in range(len(one.files)))]


def mark_of(body: str) -> str:
    """By which each message of a long relay says whose words it gives: the matter's number, else municipality and
    client. Taken from the header as it went out, so that the next message is the same whatever has changed since.
    """
    number = re.match("#[0-9]+", body)
    return number.group() if number else body.partition(":")[0][:LONGEST_MARK].strip()
