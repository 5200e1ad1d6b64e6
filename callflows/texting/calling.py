"""A client who writes "call me" is called back, as if they had asked for it by telephone."""

from callflows.actions import Say
from callflows.languages import in_order, languages
from callflows.parts import promises
from callflows.turn import Turning


def listen(turn: Turning) -> None:
    """Promised once, until it is kept; in a conversation that has reached its team."""
    if turn.contact.stage != "conversing" or not turn.floor.number or not asks_for_it(turn.text):
        return
    if turn.promise(turn.contact.contact) is not None:
        turn.because("promised_already")
        return
    turn.became(due=0, promised=False)
    promises.promise(turn, message=False, asked=True)
    if turn.contact.promised:
        turn.send(Say("text_call_back", {"due": turn.due_text()}))


def asks_for_it(text: str) -> bool:
    """By one of the phrases of any language, none of its words of refusal before it."""
    said = f" {' '.join(in_order(text))} "
    for speech in languages().values():
        for phrase in speech.words["call_me"]:
            before, found, _ = said.partition(f" {phrase} ")
            if found and not any(f" {word} " in f"{before} " for word in speech.words["do_not"]):
                return True
    return False
