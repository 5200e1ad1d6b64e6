"""A flow tried out by the API: a made-up caller is played through a version, on the floor as it stands."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from quart import Blueprint
from quart_schema import security_scheme, tag, validate_request, validate_response

from callflows.plain import plain
from callflows.preview import Preview, Script, preview
from callflows.preview_texts import preview_texts
from callflows.reading import Unreadable, read, shipped_for
from callflows.version import Version
from db.desk import Desk
from db.flows import find_live, find_version
from db.preview import floor_for, version_today
from db.publishing import document_in
from routing.addresses import read_address
from web.flow_shapes import problem_shapes
from web.problems import BEARER, Problem

Answer = Annotated[str, Field(max_length=500)]


class Trial(BaseModel):
    """`document` or `yaml` instead of a version; without any the live one. `from`: who calls, empty for a withheld
    number. `at`: the instant of the call, now by default; presence and calls are those of now. `answers`: keys, or
    `said:` and words, or nothing for silence; of a text flow what they write, the first text included.
    `technicians`: what they do when rung; no answer for all others."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    document: dict[str, Any] | None = None
    yaml: str | None = Field(default=None, max_length=262_144)
    version: int | None = Field(default=None, ge=1, lt=2**31)
    line: str = ""
    from_: str = Field(default="", alias="from", max_length=64)
    at: AwareDatetime | None = None
    answers: list[Answer] = Field(default_factory=list, max_length=100)
    technicians: dict[str, Literal["accepts", "declines", "asks_for_help", "no_answer"]] = Field(default_factory=dict)
    talk: int = Field(default=60, ge=1, le=14_400)
    message: int = Field(default=20, ge=0, le=3600)
    elsewhere: bool = False

    @model_validator(mode="after")
    def one_flow(self) -> "Trial":
        if sum(one is not None for one in (self.document, self.yaml, self.version)) > 1:
            raise ValueError("give one of document, yaml and version")
        return self


class TriedReason(BaseModel):
    code: str
    technician: str = ""
    detail: str = ""


class TriedTurn(BaseModel):
    """`second` since the call began. `who`: the caller, or the technician who hears `said`. `rings`: whom this begins
    to ring, `gives`: who is given what the client wrote, for the `reasons` given."""

    at: AwareDatetime
    second: int
    event: str
    who: str
    answer: str
    step: str
    said: list[str]
    rings: list[str]
    reasons: list[TriedReason]
    gives: list[str]


class Tried(BaseModel):
    """`outcome` empty: the caller was still on the line after a hundred turns, or a person is to answer the texts."""

    flow: str
    version: int
    turns: list[TriedTurn]
    steps: list[str]
    outcome: str
    owner: str
    promise_due: str


def add_trying(api: Blueprint, desk: Desk, clock: Callable[[], datetime]) -> None:
    @api.post("/flows/<flow>/simulate")
    @tag(["flows"])
    @security_scheme(BEARER)
    @validate_request(Trial)
    @validate_response(Tried)
    async def post_simulate(flow: str, data: Trial) -> Tried:
        """Play a made-up call, or texts; nobody's telephone rings, and nothing is kept."""
        return await tried(desk, flow, data.version, data, clock())

    # `string:` is said because quart-schema would read both converters as one.
    @api.post("/flows/<string:flow>/versions/<int:version>/simulate")
    @tag(["flows"])
    @security_scheme(BEARER)
    @validate_request(Trial)
    @validate_response(Tried)
    async def post_simulate_version(flow: str, version: int, data: Trial) -> Tried:
        """The same with a version of the past, or a draft."""
        if data.document is not None or data.yaml is not None:
            raise Problem(400, "Two flows", "The address names a version, the body brings another flow.")
        return await tried(desk, flow, min(version, 2**31 - 1), data, clock())


async def tried(desk: Desk, flow: str, number: int | None, asked: Trial, now: datetime) -> Tried:
    await desk.refresh()
    async with desk.pool.acquire() as connection:
        version = await wanted(connection, flow, number, asked)
        line = asked.line or line_of(desk, version)
        if desk.directory.line(line) is None:
            raise Problem(400, "No such line", f"{line or 'No line'} is none of our numbers; give `line`.")
        if version.channel == "text" and not read_address(asked.from_).may_be_answered:
            raise Problem(400, "Nobody writes", "Give `from`, the telephone number of whoever writes.")
        floor, hear = await floor_for(desk, connection, version, caller=asked.from_, line=line, at=asked.at or now)
    script = Script(tuple(asked.answers), asked.technicians, asked.talk, asked.message, asked.elsewhere)
    play = preview_texts if version.channel == "text" else preview
    played: Preview = await asyncio.to_thread(play, version, floor, script, hear)
    return Tried.model_validate({"flow": flow, "version": version.version, **plain(played)})


def line_of(desk: Desk, version: Version) -> str:
    """The first line that runs this flow, else any."""
    lines, usual = desk.directory.lines, shipped_for(version.channel)
    named = ((one.text_flow if version.channel == "text" else one.voice_flow, one.line) for one in lines)
    return next((line for flow, line in named if (flow or usual) == version.flow), lines[0].line if lines else "")


async def wanted(connection: Any, flow: str, number: int | None, asked: Trial) -> Version:
    """The document of the request as version 0, else the version asked for, else the live one."""
    if asked.document is not None or asked.yaml is not None:
        try:
            document = await asyncio.to_thread(document_in, asked.yaml) if asked.yaml is not None else asked.document
            read(document or {})
        except Unreadable as unreadable:
            told = [one.model_dump() for one in problem_shapes(unreadable.problems)]
            raise Problem(400, "The flow can't be read", str(told[0]["sentence"]), told) from unreadable
        return await version_today(connection, flow, 0, document or {})
    kept = await find_version(connection, flow, number) if number else await find_live(connection, flow)
    if kept is None or kept.content is None:
        which = f"version {number} of a flow {flow}" if number else f"flow {flow} that is live"
        raise Problem(404, "No such version", f"There is no {which}.")
    if kept.state == "draft":
        return await version_today(connection, flow, kept.version, kept.content.document)
    return kept.content
