"""A technician's text from their own telephone: a command, or words for a client (DESIGN 5, "Texts").

It takes a turn of the technician's own conversation with us; what concerns a client's goes there as an event. Words go
only where they are plainly meant: by a matter's number, or to the one conversation given to them within a day. When it
is not plain they are asked, never guessed.
"""

from collections.abc import Callable
from datetime import timedelta

from callflows.actions import BeginErrand, CloseMatter, PassMatter, SetPresence, Text
from callflows.parts import rings
from callflows.text_actions import SendOn, SetBlocked, SetOptOut, TellTechnician, WriteNote
from callflows.text_events import HelperVerb, TechnicianAsked, TechnicianWrote, TextArrived
from callflows.texting import arriving
from callflows.texting.commands import NO_SUCH_MATTER, Command, Doubtful, Reply, read, usage
from callflows.texting.speaking import name_of, notice
from callflows.turn import Turning, WholeFloorNeeded
from routing.addresses import as_read
from routing.eligible import busy, off_duty
from routing.floor import Conversation, LiveCall, PresenceState, Standing
from routing.optout import OptWord, opt_word, twilio_answers

MOST_LISTED = 6
PRESENCE: dict[str, PresenceState] = {"on": "available", "off": "off", "away": "away"}
Line = tuple[str, dict[str, str]]


def is_for(turn: Turning) -> bool:
    """From their registered number alone: whoever writes from another address is a client like any other."""
    standing = turn.floor.standings.get(turn.floor.calling)
    return standing is not None and standing.technician.phone == turn.floor.peer


def on_text(turn: Turning, event: TextArrived) -> None:
    technician = turn.floor.calling
    if turn.contact.stage == "new":
        begin(turn, technician)
    arriving.keep(turn, event)
    word = opt_word(event.body, event.opt_out)
    if word is not None and not (word.meaning == "help" and word.language != "en"):  # aide is a command as well
        on_opt_word(turn, event, word)
        return
    match read(event.body):
        case Command() as command:
            turn.because("command", technician, command.verb)
            COMMANDS[command.verb](turn, command)
        case Reply(matter=number, words=words):
            on_reply(turn, event, number, words)
        case Doubtful(meant=meant):
            turn.because("doubtful", technician, meant)
            answer(turn, ("tech_doubtful", {"meant": meant}))


def begin(turn: Turning, technician: str) -> None:
    own = turn.floor.standings[technician].technician
    spoken = own.languages[0] if own.languages else turn.contact.language
    turn.became(stage="conversing", technician=technician, chosen=True, language=spoken, pod=own.pod)
    turn.tell("identified", technician, by="technician")


def answer(turn: Turning, *lines: Line) -> None:
    turn.change(TellTechnician(turn.contact.technician, lines))


# Words for a client.


def on_reply(turn: Turning, event: TextArrived, number: int, words: str) -> None:
    technician = turn.contact.technician
    if not words.strip() and not event.files:
        answer(turn, ("tech_empty", {"matter": str(number or "")}))
        return
    if number:
        meant = find(turn, number)
        if meant is None:
            answer(turn, ("tech_no_matter", {"matter": named(number)}))
        elif not (meant.member or meant.relayed or meant.owner == technician):
            answer(turn, ("tech_not_yours", {"matter": str(number), "who": described(turn, meant)}))
        else:
            send_on(turn, event, meant, words)
        return
    plain = [one for one in turn.floor.conversations if one.relayed]
    if len(plain) == 1:
        turn.because("plainly_meant", technician, str(plain[0].matter))
        send_on(turn, event, plain[0], words)
    elif plain:
        turn.because("not_plain", technician, str(len(plain)))
        answer(turn, ("tech_which", {}), *(listed(turn, one) for one in plain[:MOST_LISTED]))
    else:
        answer(turn, ("tech_nobody_meant", {}))


def send_on(turn: Turning, event: TextArrived, meant: Conversation, words: str) -> None:
    if not meant.peer:
        answer(turn, ("tech_no_address", {"matter": str(meant.matter)}))
        return
    wrote = TechnicianWrote(
        event.leg,
        turn.contact.technician,
        words,
        event.files,
        meant.matter,
        meant.client,
        meant.municipality,
        meant.pod,
        meant.language,
        event.unfit,
    )
    turn.change(SendOn(meant.contact, wrote, meant.line, meant.peer))


def find(turn: Turning, number: int) -> Conversation | None:
    """An open matter that this technician may know of."""
    return next((one for one in turn.floor.conversations if one.matter == number), None)


def named(number: int) -> str:
    """As the technician wrote it; a number that no matter can have is none worth repeating."""
    return str(number) if number < NO_SUCH_MATTER else "0"


def described(turn: Turning, one: Conversation) -> str:
    client = turn.floor.clients.get(one.client)
    place = turn.told_apart(turn.floor.municipalities.get(one.municipality), turn.contact.language)
    return ", ".join(part for part in (place, client.name if client else "") if part) or as_read(one.peer)


def listed(turn: Turning, one: Conversation) -> Line:
    return "tech_listed", {"matter": str(one.matter), "who": described(turn, one)}


# Commands.


def on_help(turn: Turning, command: Command) -> None:
    answer(turn, *(("tech_line", {"line": line}) for line in usage(turn.contact.language)))


def on_presence(turn: Turning, command: Command) -> None:
    technician, now = turn.contact.technician, turn.floor.at
    state = PRESENCE[command.verb]
    until = now + timedelta(minutes=command.minutes) if command.minutes else None
    turn.change(SetPresence(technician, state, until))
    turn.tell("presence", technician, state=state, **({"until": until.isoformat()} if until else {}))
    said = turn.language.spoken_instant(until, zone_of(turn), now) if until else ""
    answer(turn, (f"tech_now_{command.verb}", {"until": said}))


def zone_of(turn: Turning) -> str:
    own = turn.shift(turn.contact.technician)
    return own.zone if own else turn.zone


def on_who(turn: Turning, command: Command) -> None:
    """The pod's people who are at work, and what they are doing."""
    lines = [("tech_at_work", {"technician": one.technician.name, "doing": doing(turn, one)}) for one in at_work(turn)]
    answer(turn, *(lines or [("tech_nobody_at_work", {})]))


def at_work(turn: Turning) -> list[Standing]:
    people = turn.pod_people
    return [one for one in people if off_duty(one, turn.shift(one.technician.technician), turn.floor.at) is None]


def doing(turn: Turning, one: Standing) -> str:
    held = busy(one, "", turn.floor.at)
    return turn.language.text(f"tech_doing_{held}") if held else turn.language.text("tech_doing_free")


def on_next(turn: Turning, command: Command) -> None:
    """What waits for an answer: theirs, or their pod's, whatever came first before all."""
    own = [one for one in turn.floor.conversations if one.waiting and is_near(turn, one)]
    own.sort(key=lambda one: (one.owner != turn.contact.technician, one.since or turn.floor.at))
    lines = [listed(turn, one) for one in own[:MOST_LISTED]]
    answer(turn, *((("tech_waiting", {}), *lines) if lines else (("tech_nothing_waits", {}),)))


def is_near(turn: Turning, one: Conversation) -> bool:
    return one.owner == turn.contact.technician or one.member or one.pod == turn.contact.pod


def of_matter(act: Callable[[Turning, Command, Conversation], None]) -> Callable[[Turning, Command], None]:
    """A command about an open matter; one that there is none of is said so."""

    def on_command(turn: Turning, command: Command) -> None:
        plain = [one for one in turn.floor.conversations if one.relayed]
        meant = find(turn, command.matter) if command.matter else plain[0] if len(plain) == 1 else None
        if meant is None:
            prompt = "tech_no_matter" if command.matter else "tech_which" if plain else "tech_nobody_meant"
            lines = [listed(turn, one) for one in plain[:MOST_LISTED]] if not command.matter else []
            answer(turn, (prompt, {"matter": named(command.matter)}), *lines)
        else:
            turn.became(matter=meant.matter)
            act(turn, command, meant)

    return on_command


def ask(turn: Turning, meant: Conversation, verb: HelperVerb, words: str = "") -> None:
    """Of the client's conversation, if there is one that goes on."""
    if meant.contact:
        leg = turn.contact.contact
        turn.change(SendOn(meant.contact, TechnicianAsked(leg, turn.contact.technician, verb, words)))


def on_take(turn: Turning, command: Command, meant: Conversation) -> None:
    technician = turn.contact.technician
    if meant.owner == technician:
        answer(turn, ("tech_yours_already", {"matter": str(meant.matter)}))
        return
    if meant.contact:
        ask(turn, meant, "take")
    else:
        turn.change(PassMatter(technician))
        turn.tell("owner_changed", technician, matter=meant.matter, why="took it")
    answer(turn, ("tech_yours_now", {"matter": str(meant.matter), "who": described(turn, meant)}))


def of_call(
    in_writing: Callable[[Turning, Command], None],
) -> Callable[[Turning, Command], None]:
    """A command that means the call, while there is one; else the conversation in writing."""

    def on_command(turn: Turning, command: Command) -> None:
        call = meant_call(turn, command)
        if call is None:
            in_writing(turn, command)
            return
        technician = turn.contact.technician
        turn.became(matter=call.matter)
        if call.by_us:
            answer(turn, ("tech_call_of_two", {"matter": str(call.matter)}))
        elif command.verb == "swarm" and technician not in call.talking:
            prompt = "tech_not_your_call" if call.talking else "tech_call_waits"
            names = ", ".join(name_of(turn, one) for one in call.talking)
            answer(turn, (prompt, {"matter": str(call.matter), "technician": names}))
        else:
            turn.because("means_the_call", technician, str(call.matter))
            verb: HelperVerb = "swarm" if command.verb == "swarm" else "join"
            wanted = TechnicianAsked(turn.contact.contact, technician, verb, command.words)
            turn.change(SendOn(call.contact, wanted))

    return on_command


def meant_call(turn: Turning, command: Command) -> LiveCall | None:
    """By the matter's number; without one it is the only call that they are on."""
    if command.matter:
        return next((one for one in turn.floor.calls if one.matter == command.matter), None)
    own = [one for one in turn.floor.calls if turn.contact.technician in one.talking]
    return own[0] if len(own) == 1 else None


def on_join(turn: Turning, command: Command, meant: Conversation) -> None:
    if not meant.contact:
        answer(turn, ("tech_nothing_to_join", {"matter": str(meant.matter)}))
        return
    ask(turn, meant, "join")


def on_mute(turn: Turning, command: Command, meant: Conversation) -> None:
    if not meant.contact:
        answer(turn, ("tech_nothing_to_join", {"matter": str(meant.matter)}))
    elif meant.owner == turn.contact.technician:
        answer(turn, ("tech_owner_hears", {"matter": str(meant.matter)}))
    else:
        ask(turn, meant, "mute")


def on_note(turn: Turning, command: Command, meant: Conversation) -> None:
    technician = turn.contact.technician
    turn.change(WriteNote(technician, meant.matter, command.words))
    turn.tell("note", technician, matter=meant.matter, words=command.words)
    ask(turn, meant, "note", command.words)
    answer(turn, ("tech_noted", {"matter": str(meant.matter)}))


def on_close(turn: Turning, command: Command, meant: Conversation) -> None:
    technician = turn.contact.technician
    if command.words:
        turn.change(WriteNote(technician, meant.matter, command.words))
        turn.tell("note", technician, matter=meant.matter, words=command.words)
    rings.keep_promises(turn, technician, how="closed")
    turn.change(CloseMatter(meant.matter))
    turn.tell("matter_closed", technician, matter=meant.matter)
    ask(turn, meant, "close", command.words)
    answer(turn, ("tech_closed", {"matter": str(meant.matter)}))


def on_owner(turn: Turning, command: Command, meant: Conversation) -> None:
    """To a colleague by name or key; they are told at once."""
    if not turn.floor.whole:
        raise WholeFloorNeeded
    wanted = turn.language.tokens(command.words)
    everybody = [one.technician for one in turn.floor.standings.values()]
    exact = [one for one in everybody if one.technician.casefold() == command.words.casefold()]
    named = exact or [one for one in everybody if wanted and wanted <= turn.language.tokens(one.name)]
    if len(named) != 1:
        names = ", ".join(one.name for one in named[:MOST_LISTED])
        answer(
            turn, ("tech_which_colleague" if named else "tech_no_colleague", {"name": command.words, "names": names})
        )
        return
    technician, who = named[0].technician, described(turn, meant)
    turn.change(PassMatter(technician))
    turn.tell("owner_changed", technician, matter=meant.matter, why="handed over")
    if meant.contact:
        turn.change(SendOn(meant.contact, TechnicianAsked(turn.contact.contact, technician, "given")))
    giver = name_of(turn, turn.contact.technician)
    notice(turn, technician, "tech_given", technician=giver, who=who)
    answer(turn, ("tech_handed_over", {"matter": str(meant.matter), "technician": named[0].name}))


def on_swarm(turn: Turning, command: Command, meant: Conversation) -> None:
    if not meant.contact:
        answer(turn, ("tech_nothing_to_join", {"matter": str(meant.matter)}))
        return
    ask(turn, meant, "swarm", command.words)


def on_call(turn: Turning, command: Command, meant: Conversation) -> None:
    """We ring the technician, then the client; both see our number."""
    turn.became(callbacks=turn.contact.callbacks + 1)
    turn.change(BeginErrand(turn.contact.callbacks, turn.contact.technician, meant.matter))
    turn.because("calls_client", turn.contact.technician, str(meant.matter))


COMMANDS: dict[str, Callable[[Turning, Command], None]] = {
    "help": on_help,
    "on": on_presence,
    "off": on_presence,
    "away": on_presence,
    "who": on_who,
    "next": on_next,
    "take": of_matter(on_take),
    "note": of_matter(on_note),
    "close": of_matter(on_close),
    "owner": of_matter(on_owner),
    "swarm": of_call(of_matter(on_swarm)),
    "join": of_call(of_matter(on_join)),
    "call": of_matter(on_call),
    "mute": of_matter(on_mute),
}


def on_opt_word(turn: Turning, event: TextArrived, word: OptWord) -> None:
    """They have ended our texts by a word of Twilio's own: from now on they are rung, and the supervisor knows."""
    technician = turn.contact.technician
    out = word.meaning == "stop"
    if word.meaning == "help":
        return
    turn.change(SetOptOut(word.word, out=out))
    if not out:
        turn.change(SetBlocked(False, everywhere=event.in_service))
    elif twilio_answers(word, turn.floor.line.line, opt_out_type=event.opt_out):
        turn.change(SetBlocked(True))
    turn.tell("opted_out" if out else "opted_in", technician, word=word.word)
    if out and technician not in turn.floor.unwritable:
        turn.change(Text("", "tech_technician_opted_out", {"technician": name_of(turn, technician)}))


def about_calls(text: str) -> bool:
    """Whether a technician's text may mean a call that goes on: then those are wanted as well."""
    said = read(text)
    return isinstance(said, Command) and said.verb in ("swarm", "join")


def matters_in(text: str) -> list[int]:
    """The matter that a technician's text names, if it does: what is known of it is wanted."""
    said = read(text)
    number = 0 if isinstance(said, Doubtful) else said.matter
    return [number] if number else []
