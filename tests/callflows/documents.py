"""Small flow documents, and calls that are played through them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callflows.actions import Ask, Say
from callflows.languages import language
from routing.floor import Floor
from tests.builders import (
    floor,
    version,
)
from tests.callflows.call import Call

MESSAGE = {"step": "voicemail"}
MENU = {"step": "menu", "say": "greeting", "keys": {"1": "elsewhere", "#": "message"}, "otherwise": "message"}
ELSEWHERE = {"step": "transfer", "number": "+1 403 555 0188", "otherwise": "message"}


def flow(start: str = "", prompts: Mapping[str, Mapping[str, str]] | None = None, **steps: Any) -> dict[str, Any]:
    """A document of these steps, the first of them first, and a voicemail."""
    every = {**steps, "message": MESSAGE}
    return {"start": start or next(iter(every)), "steps": every, "prompts": dict(prompts or {})}


def call(document: Mapping[str, Any], facts: Floor | None = None) -> Call:
    made = Call(facts or floor(), replace(version(), document=document))
    made.arrives()
    return made


def known(**steps: Any) -> dict[str, Any]:
    """The same for callers who are known by their number."""
    first = next(iter(steps))
    return flow(who={"step": "identify", "next": first, "unknown": "message", "ask": False}, **steps)


def words(made: Call) -> list[str]:
    """What the caller hears now, as it is spoken."""
    speech = language(made.contact.language)
    parts = [one for reply in made.replies for one in (reply.says if isinstance(reply, Ask) else (reply,))]
    return [made.version.text(one.prompt, speech, one.params) for one in parts if isinstance(one, Say)]


def errors(made: Call) -> list[str]:
    return [one.detail["reason"] for one in made.story("flow_error")]
