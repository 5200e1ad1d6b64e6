"""What the technician alone hears before pressing a key: who, from where, what is open, what was promised."""

from callflows.actions import Say
from callflows.languages import language
from callflows.turn import Turning

# About 6 s of speech at 15 characters a second (DESIGN 5.4); the keys take another 3 s.
LONGEST = 90


def keys(turn: Turning) -> tuple[Say, ...]:
    """What the keys do: 3 only where the flow has a way for it."""
    return (Say("screening_keys_help" if getattr(turn.step, "help", "") else "screening_keys"),)


def whisper(turn: Turning, technician: str) -> tuple[Say, ...]:
    """The parts that fit into 6 s, the most important first, then the keys."""
    return (*known(turn, technician), *keys(turn))


def known(turn: Turning, technician: str) -> tuple[Say, ...]:
    speech = language(technician_language(turn, technician))
    said: list[Say] = []
    length = 0
    for part in parts(turn, speech.code):
        if part.prompt != "whisper_errand":  # nobody waits on the line meanwhile
            length += len(speech.text(part.prompt, part.params)) + 1
        if said and length > LONGEST:
            break
        said.append(part)
    return tuple(said)


def technician_language(turn: Turning, technician: str) -> str:
    """A technician hears us in their own first language, else in the client's."""
    standing = turn.floor.standings.get(technician)
    spoken = standing.technician.languages if standing else ()
    return spoken[0] if spoken else turn.contact.language


def short(name: str, most: int) -> str:
    """A name of at most so many characters, cut between words if there is such a place."""
    if len(name) <= most:
        return name
    cut = name[: most + 1]
    return (cut[: cut.rfind(" ")] if " " in cut else name[:most]).rstrip(" ,-")


def parts(turn: Turning, code: str) -> list[Say]:
    contact, matter = turn.contact, turn.matter
    place = turn.place_name(code)
    client = turn.client_name()
    if client and place:
        who = Say("whisper_who", {"municipality": short(place, 48), "client": short(client, 36)})
    elif place or client:
        who = Say("whisper_place", {"municipality": short(place or client, LONGEST - 2)})
    else:
        who = Say("whisper_unknown")
    found = [Say("whisper_errand"), who] if contact.errand else [who]
    speech = language(code)
    if matter:
        found.append(Say("whisper_matter", {"matter": str(matter.number)}))
        if matter.promises:
            due = speech.spoken_instant(matter.promises[-1].due_at, turn.zone, turn.floor.at)
            found.append(Say("whisper_promise", {"due": due}))
    if contact.language and contact.language != code:
        found.append(Say("whisper_language", {"language": speech.names.get(contact.language, contact.language)}))
    return found
