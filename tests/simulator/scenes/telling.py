"""Scenes on the stage of the simulator's own tests: a scripted desk, Cora who calls, Ana and Ben who may be rung."""

from __future__ import annotations

from typing import Any

import yaml

from simulator.people.scripted import BASE, CALLER, FIRST, LINE, SECOND, Page, Stage
from simulator.scenes import OWN, Ending, Host, Known, Person, Vocabulary, cast, play, read_scenes

OTHER_LINE = "+15875550101"
KNOWN = Known(
    people={
        "cora": Person(number=CALLER, name="Cora"),
        "ana": Person(number=FIRST, name="Ana"),
        "ben": Person(number=SECOND, name="Ben"),
        "nemo": Person(number="withheld"),
    },
    lines=(LINE,),
    zone="America/Edmonton",
)
PAGES: dict[str, Page] = {
    "/voice": "<Say>Welcome to the desk.</Say>"
    f'<Dial timeout="15" action="/after"><Number url="/screen">{FIRST}</Number></Dial>',
    "/after": '<Say>Nobody is free.</Say><Record action="/thanks"/>',
    "/screen": '<Gather numDigits="1" action="/key"><Say>Press 1.</Say></Gather><Hangup/>',
    "/key": lambda given: "" if given["Digits"] == "1" else "<Hangup/>",
    "/thanks": "<Say>Thank you.</Say>",
    "/text": "",
    "/other": "<Say>This is the other line.</Say><Pause length='60'/>",
}


def written(*steps: str, **fields: Any) -> str:
    """A scene's file."""
    return str(yaml.safe_dump({"scene": "A scene", "steps": list(steps), **fields}, sort_keys=False))


def played(
    stage: Stage,
    text: str,
    pages: dict[str, Page] | None = None,
    *,
    vocabulary: Vocabulary = OWN,
    host: Host | None = None,
) -> Ending:
    for path, page in {**PAGES, **(pages or {})}.items():
        stage.page(path, page)
    stage.exchange.add_number(OTHER_LINE, voice_url=f"{BASE}/other")
    stage.exchange.numbers[LINE].sms_url = f"{BASE}/text"
    (scene,) = read_scenes(text, "file.yaml", vocabulary)
    ending = stage.run(play(scene, cast(scene, KNOWN), stage.exchange, host))
    assert isinstance(ending, Ending)
    return ending
