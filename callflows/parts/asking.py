"""The questions by which somebody is identified: the language, which of several, the municipality by name.

Every question is asked a bounded number of times, and every answer, silence included, has a way on: a caller is never
sent in circles (DESIGN 5, "Language"). Choices are by key, or by word the first time.
"""

from dataclasses import replace

from callflows.actions import Say
from callflows.events import CallerPressed, CallerSaid, CallerStayed
from callflows.languages import language, words
from callflows.parts import known
from callflows.turn import Turning
from routing.directory import Client
from routing.exchanges import exchange_place
from routing.places import telling, verdict

Answer = CallerPressed | CallerSaid | CallerStayed

MOST_OPTIONS = 8  # keys 1 to 8
NONE_OF_THEM = "9"
MOST_FAILURES = 2
DOUBTFUL = 0.4  # of a recogniser's confidence: below it even the very name is confirmed
NONE = "\0none"  # the caller said that it is none of the options


def ask_language(turn: Turning) -> None:
    """One sentence in each of the line's languages."""
    languages = turn.floor.line.languages
    turn.ask(
        "language",
        *(Say("language_key", {"key": str(key)}, code) for key, code in enumerate(languages, 1)),
        options=languages,
        seconds=turn.times.language_key,
    )


def begin(turn: Turning) -> None:
    """The first question about who is calling."""
    turn.became(stage="asking", failed=0)
    ask_who(turn)


def ask_who(turn: Turning) -> None:
    """Which of those that share the number; or where the number may be from; or the open question."""
    if turn.floor.callers:
        ask_which(turn)
        return
    guesses = tuple(key for key in turn.floor.seen or turn.floor.nearby if key in turn.floor.municipalities)
    if 0 < len(guesses) <= MOST_OPTIONS:
        turn.because("seen_before" if turn.floor.seen else "nearby", detail=";".join(guesses))
        ask_choice(turn, "from", guesses)
    else:
        ask_place(turn)


def on_answer(turn: Turning, event: Answer) -> None:
    asked = turn.contact.asked
    if turn.contact.channel != "voice":
        pass  # the story has the text itself
    elif isinstance(event, CallerPressed):
        turn.tell("pressed", leg=event.leg, key=event.digits)
    elif isinstance(event, CallerSaid):
        turn.tell("said", leg=event.leg, words=event.words)
    match asked.kind if asked else "":
        case "language":
            on_language(turn, event)
        case "municipality" | "client":
            on_which(turn, event)
        case "from":
            chosen = choice(turn, event)
            if chosen and chosen != NONE:
                known.settle(turn, chosen, None, by="earlier call" if turn.floor.seen else "exchange")
            else:
                ask_place(turn)
        case "confirm":
            chosen = choice(turn, event)
            if chosen and chosen != NONE:
                known.settle(turn, chosen, None, by="caller")
            else:
                fail(turn)
        case _:
            on_place(turn, event)


def on_language(turn: Turning, event: Answer) -> None:
    options = turn.contact.asked.options if turn.contact.asked else ()
    pressed = event.digits if isinstance(event, CallerPressed) else ""
    if pressed.isdigit() and 1 <= int(pressed) <= len(options):
        turn.became(language=options[int(pressed) - 1], chosen=True)
    turn.leave()


# Which of several: a number that clients or municipalities share.


def ask_which(turn: Turning) -> None:
    """The municipality if they differ in it, else the person; with too many of either, what they share must do."""
    places = left_places(turn)
    people = left_people(turn)
    if 1 < len(places) <= MOST_OPTIONS:
        ask_choice(turn, "municipality", places)
    elif len(places) <= 1 < len(people) <= MOST_OPTIONS:
        ask_choice(turn, "client", tuple(one.client for one in people))
    else:
        go_on(turn)


def left_places(turn: Turning) -> tuple[str, ...]:
    """Those that may still be meant: all, or the one that was chosen."""
    if turn.contact.municipality:
        return (turn.contact.municipality,)
    return tuple(key for key in known.places_of(turn) if key in turn.floor.municipalities)


def left_people(turn: Turning) -> tuple[Client, ...]:
    """Those at this number who may still be calling."""
    chosen = turn.contact.municipality
    return tuple(one for one in turn.floor.callers if not chosen or chosen in one.municipalities)


def on_which(turn: Turning, event: Answer) -> None:
    """Asked at most twice in all, then on with what they share."""
    asked, chosen = turn.contact.asked, choice(turn, event)
    assert asked is not None
    if chosen is None and asked.tries == 0:
        ask_choice(turn, asked.kind, asked.options)
    elif chosen is None or chosen == NONE:
        turn.because("not_chosen")
        go_on(turn)
    elif asked.kind == "client":
        person = next((one for one in turn.floor.callers if one.client == chosen), None)
        known.settle(turn, turn.contact.municipality, person, by="number, and asked who")
    else:
        turn.became(municipality=chosen)
        people = left_people(turn)
        if len(people) > 1 and asked.tries == 0:
            ask_which(turn)
            if turn.contact.stage == "asking" and turn.contact.asked:
                turn.became(asked=replace(turn.contact.asked, tries=1))  # it is the second question
        else:
            person = people[0] if len(people) == 1 else None
            known.settle(turn, chosen, person, by="number, and asked which municipality")


def go_on(turn: Turning) -> None:
    """They share the number, and perhaps the municipality and the pod; nothing more is known."""
    if turn.contact.municipality and not turn.contact.pod:
        place = turn.place
        turn.became(pod=place.pod if place and place.pod in turn.floor.pods else "")
    if turn.place:
        turn.became(language=known.language_of(turn, turn.client, turn.place))
    known.tell_shared(turn)
    known.go_on(turn)


# The municipality by its name.


def ask_place(turn: Turning) -> None:
    """The first try takes speech, or keys ended by #; the second is keys alone (DESIGN 5, "Language")."""
    province = exchange_place(turn.floor.number)[1] if turn.floor.number else ""
    if turn.contact.failed == 0:
        says = (*hello(turn), Say("ask_place"))
        turn.ask("place", *says, keys=0, speech=True, places=True, province=province)
    else:
        turn.ask("place", Say("ask_place_keys"), keys=0)


def on_place(turn: Turning, event: Answer) -> None:
    found = verdict(turn.floor.found) if not isinstance(event, CallerStayed) else None
    meant = tuple(key for key in found.municipalities if key in turn.floor.municipalities) if found else ()
    if found is None or not meant:
        turn.because("nothing_found")
        fail(turn)
    elif found.kind == "sure" and not is_doubtful(event):
        turn.because("place_named", detail=meant[0])
        known.settle(turn, meant[0], None, by="caller")
    else:
        turn.because("place_doubtful", detail=";".join(f"{one.municipality} {one.score}" for one in turn.floor.found))
        ask_choice(turn, "confirm", meant)


def is_doubtful(event: Answer) -> bool:
    """The recogniser itself is not sure of what it understood."""
    return isinstance(event, CallerSaid) and event.confidence < DOUBTFUL


def fail(turn: Turning) -> None:
    """After two failures the whole desk takes the call (DESIGN 5): never in circles."""
    turn.became(failed=turn.contact.failed + 1)
    if turn.contact.failed < MOST_FAILURES:
        ask_place(turn)
        return
    turn.because("not_identified", detail=str(MOST_FAILURES))
    turn.leave()


# One choice among a few.


def ask_choice(turn: Turning, kind: str, options: tuple[str, ...]) -> None:
    """Yes or no for a single one, else a key for each and one for none of them."""
    names = option_names(turn, kind, options)
    before = turn.contact.asked
    again = before is not None and (before.kind, before.options) == (kind, options)
    if len(options) == 1:
        prompt = {"from": "ask_from", "client": "ask_client"}.get(kind, "ask_confirm")
        says = [Say(prompt, {"name": names[0]}), Say("ask_yes_no")]
        hints = (*words(turn.contact.language, "yes"), *words(turn.contact.language, "no"))
    else:
        prompt = "ask_option_client" if kind == "client" else "ask_option"
        says = [Say(prompt, {"name": name, "key": str(key)}) for key, name in enumerate(names, 1)]
        says.append(Say("ask_none", {"key": NONE_OF_THEM}))
        hints = names
    turn.ask(kind, *hello(turn), *says, options=options, speech=not again, hints=hints)


def hello(turn: Turning) -> tuple[Say, ...]:
    """Before the first question, but that for the language."""
    before = turn.contact.asked
    if before is not None and before.kind != "language":
        return ()
    return (Say("greeting_name", {"client": turn.client_name()}) if turn.contact.client else Say("greeting"),)


def option_names(turn: Turning, kind: str, options: tuple[str, ...]) -> tuple[str, ...]:
    if kind == "client":
        by_key = {one.client: one.name for one in turn.floor.callers}
        return tuple(by_key.get(key, key) for key in options)
    return telling([turn.floor.municipalities[key] for key in options], turn.contact.language)


def choice(turn: Turning, event: Answer) -> str | None:
    """The option chosen; NONE for "none of these"; None for silence or what can't be understood."""
    asked = turn.contact.asked
    if asked is None or isinstance(event, CallerStayed):
        return None
    options = tuple(key for key in asked.options if asked.kind == "client" or key in turn.floor.municipalities)
    if isinstance(event, CallerPressed):
        if len(asked.options) == 1 and event.digits == "2":
            return NONE
        place = int(event.digits) if event.digits.isdigit() else 0
        chosen = asked.options[place - 1] if 1 <= place <= len(asked.options) else None
        return NONE if event.digits == NONE_OF_THEM else chosen if chosen in options else None
    return spoken_choice(turn, asked.kind, options, event.words)


def spoken_choice(turn: Turning, kind: str, options: tuple[str, ...], said: str) -> str | None:
    """By yes or no, else the one option that shares most words with what was said. A name may hold a "no" itself:
    Wilton No. 472, Le Pas."""
    speech = language(turn.contact.language)
    heard = speech.tokens(said)
    names = {key: speech.tokens(name) for key, name in zip(options, option_names(turn, kind, options), strict=True)}
    rest = heard.difference(*(name for name in names.values() if name <= heard))
    if rest & set(words(turn.contact.language, "no")):
        return NONE
    if len(options) == 1 and rest & set(words(turn.contact.language, "yes")):
        return options[0]
    shared = [(len(heard & name), key) for key, name in names.items()]
    most = max((count for count, _ in shared), default=0)
    best = [key for count, key in shared if count == most]
    return best[0] if most and len(best) == 1 else None
