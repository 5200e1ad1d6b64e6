"""A client who writes "call me" is called back, as if they had asked for it by telephone: at the number that they name,
else where they write from, else at the one that the directory has of them. Without any they are answered in writing."""

from callflows.actions import Say
from callflows.languages import in_order, languages
from callflows.parts import promises
from callflows.turn import Turning
from routing.numbers import HOME_REGION, number_in, region_of


def listen(turn: Turning) -> None:
    """Promised once, until it is kept; in a conversation that has reached its team."""
    if turn.contact.stage != "conversing" or not asks_for_it(turn.text):
        return
    named = named_number(turn)
    number = named or turn.floor.number or known_number(turn)
    if not number:
        return
    if turn.thread.unproven:
        turn.because("call_not_believed")
        return
    if turn.promise(turn.contact.contact) is not None:
        turn.because("promised_already")
        return
    if named:
        turn.because("number_in_words")
    turn.became(due=0, promised=False, number="" if number == turn.floor.number else number)
    promises.promise(turn, message=False, asked=True)
    if turn.contact.promised and named:
        turn.send(Say("text_call_back_at", {"due": turn.due_text()}))
    elif turn.contact.promised:
        prompt = "text_call_back" if turn.floor.number else "text_call_back_known"
        turn.send(Say(prompt, {"due": turn.due_text()}))


def named_number(turn: Turning) -> str:
    """The one number that they name and do not write from; it counts for this promise, and is nobody's in the
    directory. Neither our line nor a technician's is theirs."""
    people = (one.technician.phone for one in turn.floor.standings.values())
    ours = {turn.floor.line.line, *people}
    region = HOME_REGION if turn.place else region_of(turn.floor.line.line)
    number = number_in(turn.text, region, ours) or ""
    return "" if number == turn.floor.number else number


def known_number(turn: Turning) -> str:
    """The first of the client's telephones; empty if it is not known who writes, or none of theirs is."""
    return next(iter(turn.client.phones), "") if turn.client else ""


def asks_for_it(text: str) -> bool:
    """By one of the phrases of any language, none of its words of refusal before it."""
    said = f" {' '.join(in_order(text))} "
    for speech in languages().values():
        for phrase in speech.words["call_me"]:
            before, found, _ = said.partition(f" {phrase} ")
            if found and not any(f" {word} " in f"{before} " for word in speech.words["do_not"]):
                return True
    return False
