"""The technicians' menu: one of ours calls a line (DESIGN 5, "Keys").

Their last contact and their promises, each a matter to note, close, keep open or call back about; on and off duty; and
0, to go on as a caller. While they listen they are on a call, so nobody rings them.
"""

from datetime import timedelta

from callflows.actions import (
    CloseMatter,
    DialClient,
    Hangup,
    KeepNote,
    KeepOpen,
    Occupy,
    Record,
    Say,
    SetPresence,
    SetTimer,
)
from callflows.contact import Asked
from callflows.events import (
    CallArrived,
    CallerPressed,
    CallerSaid,
    CallerStayed,
    ClientCalled,
    RecordingEnded,
    RecordingStored,
)
from callflows.languages import language
from callflows.parts import rings
from callflows.parts.ending import close
from callflows.parts.errand import ask_what_came_of_it, note_client_called
from callflows.turn import Turning
from routing.eligible import off_duty
from routing.floor import AgendaItem, PresenceState

MOST_TRIES = 3
NOTE_SECONDS = 120
SOUND = "sound"  # as for a voicemail: the timer after which the recording is asked for
SHORTEST_NOTE = 1


def is_for(turn: Turning, event: CallArrived) -> bool:
    """Their own telephone calls (a forwarded call is somebody else's), and no network says that the number is
    borrowed: the menu names clients and calls them."""
    standing = turn.floor.standings.get(turn.floor.calling)
    if standing is None or not event.caller or standing.technician.phone != event.caller:
        return False
    if not event.trusted:
        turn.because("untrusted_number", turn.floor.calling)
    return event.trusted


def enter(turn: Turning) -> None:
    key = turn.floor.calling
    standing = turn.floor.standings[key]
    spoken = standing.technician.languages
    turn.became(stage="menu", technician=key, chosen=True, language=spoken[0] if spoken else turn.contact.language)
    turn.tell("identified", key, by="technician")
    turn.because("technician_calls", key)
    turn.change(Occupy(key))
    main(turn, Say("menu_hello", {"technician": standing.technician.name}))


def main(turn: Turning, *before: Say) -> None:
    """What there is to do; only what there is."""
    agenda, offers = turn.floor.agenda, []
    if not turn.contact.talked:  # who has talked with a client has called about that matter
        turn.became(matter=0)
    if agenda and agenda.last:
        who = {"who": described(turn, agenda.last)}
        offers += [Say("menu_last", who), Say("menu_call_back", who)]
    if agenda and agenda.promises:
        offers.append(Say("menu_promises", {"count": str(len(agenda.promises))}))
    offers.append(Say("menu_off_duty" if is_on_duty(turn) else "menu_on_duty"))
    offers.append(Say("menu_caller"))
    turn.ask("menu", *before, *offers)


def on_answer(turn: Turning, event: CallerPressed | CallerSaid | CallerStayed) -> bool:
    """True: they go on as a caller."""
    asked = turn.contact.asked
    key = event.digits if isinstance(event, CallerPressed) else ""
    if key:
        turn.tell("pressed", turn.contact.technician, event.leg, key=key)
    if asked and asked.kind == "menu" and key == "0":
        turn.became(client="", municipality="", pod="", matter=0)  # whatever they looked at is not theirs
        return True
    match asked.kind if asked else "":
        case "menu":
            on_main(turn, key)
        case "promises":
            on_promises(turn, key)
        case "matter":
            on_matter(turn, key)
        case "errand_again" if key == "1":
            dial(turn)
        case "errand_reached" if key != "2" and turn.contact.talked:
            rings.note_talk(turn, turn.contact.technician)
            main(turn)
        case "errand_reached":
            turn.became(talked=())
            main(turn)
        case _:
            main(turn)
    return False


def on_main(turn: Turning, key: str) -> None:
    agenda = turn.floor.agenda
    last = agenda.last if agenda else None
    match key:
        case "1" if last:
            take_up(turn, last)
            matter(turn)
        case "2" if last:
            take_up(turn, last)
            dial(turn)
        case "3" if agenda and agenda.promises:
            listed = (
                Say("menu_promise", {"key": str(place), "who": described(turn, one), "due": due(turn, one)})
                for place, one in enumerate(agenda.promises, 1)
            )
            options = tuple(str(one.promise) for one in agenda.promises)
            turn.ask("promises", *listed, Say("menu_back"), options=options)
        case "4":
            state: PresenceState = "off" if is_on_duty(turn) else "available"
            turn.change(SetPresence(turn.contact.technician, state))
            turn.tell("presence", turn.contact.technician, state=state)
            turn.say("menu_now_off" if state == "off" else "menu_now_on")
            turn.reply(Hangup())
            close(turn, "they went off duty" if state == "off" else "they went on duty")
        case _ if turn.contact.asked and turn.contact.asked.tries + 1 >= MOST_TRIES:
            turn.say("goodbye")
            turn.reply(Hangup())
            close(turn, "they chose nothing")
        case _:
            main(turn)


def on_promises(turn: Turning, key: str) -> None:
    place = int(key) if key.isdigit() else 0
    options = turn.contact.asked.options if turn.contact.asked else ()
    agenda = turn.floor.agenda
    chosen = options[place - 1] if 1 <= place <= len(options) else ""
    item = next((one for one in agenda.promises if str(one.promise) == chosen), None) if agenda else None
    if item is None:
        main(turn)
    else:
        take_up(turn, item)
        matter(turn, promise=item.promise)


def take_up(turn: Turning, item: AgendaItem) -> None:
    """From here on the call is about that matter."""
    turn.became(matter=item.matter, client=item.client, municipality=item.municipality)
    place = turn.place
    turn.became(pod=place.pod if place and place.pod in turn.floor.pods else "")


def matter(turn: Turning, *before: Say, promise: int = 0) -> None:
    """What may be done about the matter taken up; `promise` if it was chosen by that."""
    item = find(turn, turn.contact.matter, promise)
    if item is None:
        main(turn, *before)
        return
    what = Say("menu_matter", {"matter": str(item.matter), "who": described(turn, item)})
    turn.ask("matter", *before, what, Say("menu_matter_keys"), options=(str(item.promise),))


def on_matter(turn: Turning, key: str) -> None:
    technician, number = turn.contact.technician, turn.contact.matter
    match key:
        case "1":
            turn.became(asked=None, noting=number, noted="")
            turn.say("menu_note")
            turn.reply(Record(NOTE_SECONDS))
        case "2":
            rings.keep_promises(turn, technician, how="closed")
            turn.change(CloseMatter(number))
            turn.tell("matter_closed", technician, matter=number)
            forget(turn, Say("menu_closed", {"matter": str(number)}))
        case "3":
            turn.change(KeepOpen(number))
            turn.tell("matter_kept_open", technician, matter=number)
            forget(turn, Say("menu_kept_open", {"matter": str(number)}))
        case "4":
            dial(turn)
        case _:
            main(turn)


def forget(turn: Turning, done: Say) -> None:
    """Done with that matter: say so and part. Whoever wants more calls again, with a fresh agenda."""
    turn.say(done.prompt, **done.params)
    turn.say("menu_goodbye")
    turn.reply(Hangup())
    close(turn, "they were done")


# Calling the client back, and spoken notes.


def dial(turn: Turning) -> None:
    """The client of the matter, at the number that was promised."""
    options = turn.contact.asked.options if turn.contact.asked else ()
    promise = int(options[0]) if options and options[0].isdigit() else 0
    item = find(turn, turn.contact.matter, promise)
    if item is None or not item.number:
        matter(turn, Say("menu_no_number"), promise=promise)
    else:
        turn.became(asked=Asked("dialing", (str(item.promise),)))
        turn.say("errand_connecting")
        turn.reply(DialClient(item.matter, item.promise))


def has_talked(turn: Turning) -> bool:
    """A talk with a client that is not noted yet: the technician hung up before saying what came of it."""
    asked = turn.contact.asked
    return bool(turn.contact.talked) and asked is not None and asked.kind in ("dialing", "errand_reached")


def on_client_answered(turn: Turning) -> None:
    """Only while the call back goes on: afterwards the technician has said what came of it."""
    if turn.contact.stage == "menu" and turn.contact.asked and turn.contact.asked.kind == "dialing":
        turn.became(talked=(turn.contact.technician,))


def on_client_called(turn: Turning, event: ClientCalled) -> None:
    note_client_called(turn, turn.contact.technician, event)
    if not event.gone:
        ask_what_came_of_it(turn)
        return
    if turn.contact.talked:
        rings.note_talk(turn, turn.contact.technician)
    close(turn, "the technician hung up")


def is_noting(turn: Turning) -> bool:
    """A note was begun whose end has not been told."""
    return bool(turn.contact.technician and turn.contact.noting and not turn.contact.noted)


def is_note(turn: Turning, event: RecordingStored) -> bool:
    """Whether a sound is a technician's note; whoever went on as a caller may leave a message in the same call."""
    if not turn.contact.technician:
        return False
    return event.recording == turn.contact.noted or (is_noting(turn) and turn.contact.stage in ("menu", "over"))


def on_noted_late(turn: Turning, event: RecordingEnded) -> None:
    if (event.seconds or 0) > SHORTEST_NOTE:
        turn.became(sound=turn.contact.sound and bool(turn.contact.noted), noted=event.recording)
        turn.tell("note", turn.contact.technician, matter=turn.contact.noting, seconds=event.seconds)
        turn.change(SetTimer(SOUND, turn.floor.at + timedelta(seconds=turn.times.sound_missing)))


def on_noted(turn: Turning, event: RecordingEnded) -> None:
    on_noted_late(turn, event)
    if event.gone:
        close(turn, "the technician hung up")
    else:
        matter(turn, Say("menu_noted"))


def on_note_stored(turn: Turning, event: RecordingStored) -> None:
    """The sound of a note; short ones are slips of the hand."""
    seconds = event.seconds or 0
    if event.status == "completed" and seconds > SHORTEST_NOTE and turn.contact.noting:
        note = KeepNote(turn.contact.technician, turn.contact.noting, event.recording, event.url, seconds)
        turn.became(sound=True)
        turn.change(note)


# What the menu speaks of.


def is_on_duty(turn: Turning) -> bool:
    key = turn.contact.technician
    standing = turn.floor.standings.get(key)
    return standing is not None and off_duty(standing, turn.shift(key), turn.floor.at) is None


def find(turn: Turning, number: int, promise: int = 0) -> AgendaItem | None:
    """The matter as the agenda has it: by that promise, else its soonest, else as the last contact."""
    agenda = turn.floor.agenda
    known = (*agenda.promises, *((agenda.last,) if agenda.last else ())) if agenda else ()
    theirs = [one for one in known if one.matter == number]
    return next((one for one in theirs if one.promise == promise), theirs[0] if theirs else None)


def described(turn: Turning, item: AgendaItem) -> str:
    """Who a matter is about: client and municipality, as far as they are known."""
    client = turn.floor.clients.get(item.client)
    place = turn.told_apart(turn.floor.municipalities.get(item.municipality), turn.contact.language)
    known = ", ".join(part for part in (client.name if client else "", place) if part)
    return known or language(turn.contact.language).text("menu_somebody", {"matter": str(item.matter)})


def due(turn: Turning, item: AgendaItem) -> str:
    place = turn.floor.municipalities.get(item.municipality)
    zone = place.timezone if place else turn.zone
    return turn.language.spoken_instant(item.due_at, zone, turn.floor.at) if item.due_at else ""
