"""Flows by the API: drafts, their problems, publishing. A draft with problems is kept, but never published."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from quart import Blueprint, request
from quart_schema import (
    document_request,
    security_scheme,
    tag,
    validate_querystring,
    validate_request,
    validate_response,
)

from callflows.check import flow_problems
from callflows.reading import Unreadable
from callflows.step import Known
from callflows.step import Problem as Finding
from db.desk import Desk
from db.flows import Kept, find_version, known, list_flows, list_versions
from db.publishing import Blocked, UnknownVersion, add_draft, document_in, is_name, publish
from web.flow_shapes import (
    DraftSaid,
    Flows,
    FlowVersions,
    PublishedVersion,
    Said,
    VersionsQuery,
    WholeFlowVersion,
    flow_shape,
    problem_shapes,
    published_shape,
    version_shape,
    whole_shape,
)
from web.problems import BEARER, Problem, said
from web.simulate import add_trying

# A document has at most 256 Ki characters; as JSON, escaped, a character may take several bytes.
LARGEST_REQUEST = 2 * 1024 * 1024


def add_flows(api: Blueprint, desk: Desk, clock: Callable[[], datetime]) -> None:
    add_looking(api, desk)
    add_drafting(api, desk, clock)
    add_publishing(api, desk, clock)
    add_trying(api, desk, clock)


def add_looking(api: Blueprint, desk: Desk) -> None:
    """Flows and their versions, the newest first."""

    @api.get("/flows")
    @tag(["flows"])
    @security_scheme(BEARER)
    @validate_response(Flows)
    async def get_flows() -> Flows:
        async with desk.pool.acquire() as connection:
            return Flows(flows=[flow_shape(one) for one in await list_flows(connection)])

    @api.get("/flows/<flow>/versions")
    @tag(["flows"])
    @security_scheme(BEARER)
    @validate_querystring(VersionsQuery)
    @validate_response(FlowVersions)
    async def get_versions(flow: str, query_args: VersionsQuery) -> FlowVersions:
        async with desk.pool.acquire() as connection:
            found = await list_versions(connection, flow, query_args.limit)
            there = await known(connection) if any(one.content for one in found) else Known()
        if not found:
            raise Problem(404, "No such flow", f"There is no flow {flow}.")
        return FlowVersions(versions=[version_shape(one, await findings(one, there)) for one in found])

    # `string:` is said because quart-schema would read both converters as one.
    @api.get("/flows/<string:flow>/versions/<int:version>")
    @tag(["flows"])
    @security_scheme(BEARER)
    @validate_response(WholeFlowVersion)
    async def get_version(flow: str, version: int) -> WholeFlowVersion:
        async with desk.pool.acquire() as connection:
            kept = await find_version(connection, flow, number(version))
            if kept is None:
                raise unknown(flow, version)
            there = await known(connection) if kept.state == "draft" else Known()
        return whole_shape(kept, await findings(kept, there))


def add_drafting(api: Blueprint, desk: Desk, clock: Callable[[], datetime]) -> None:
    @api.post("/flows/<flow>/versions")
    @tag(["flows"])
    @security_scheme(BEARER)
    @validate_request(DraftSaid)
    @validate_response(WholeFlowVersion, 201)
    async def post_version(flow: str, data: DraftSaid) -> tuple[WholeFlowVersion, int]:
        """Keep a draft; its problems are told, and hinder nothing but publishing."""
        if not is_name(flow):
            raise Problem(400, "No name of a flow", f"{flow!r}: letters, digits, - and _, at most 64.")
        try:
            document = await asyncio.to_thread(document_in, data.yaml) if data.yaml is not None else data.document
            document = named(flow, document or {})
            async with desk.pool.acquire() as connection:
                version = await add_draft(connection, flow, document, by=data.by, note=data.note, now=clock())
                kept = await find_version(connection, flow, version)
                there = await known(connection)
        except Unreadable as unreadable:
            told = shown(unreadable.problems)
            raise Problem(400, "The flow can't be read", told[0]["sentence"], told) from unreadable
        assert kept is not None
        return whole_shape(kept, await findings(kept, there)), 201


def add_publishing(api: Blueprint, desk: Desk, clock: Callable[[], datetime]) -> None:
    @api.post("/flows/<string:flow>/versions/<int:version>/publish")
    @tag(["flows"])
    @security_scheme(BEARER)
    @document_request(Said)
    @validate_response(PublishedVersion)
    async def post_publish(flow: str, version: int) -> PublishedVersion:
        """Make it live: the next call begins with it. A version of before becomes live again as a new one."""
        asked = await read_said()
        async with desk.pool.acquire() as connection:
            try:
                done = await publish(connection, flow, number(version), by=asked.by, note=asked.note, now=clock())
            except UnknownVersion as error:
                raise unknown(flow, version) from error
            except Blocked as blocked:
                told = shown(blocked.problems)
                detail = f"Version {version} of {flow} has {len(told)} problem(s); publish a draft without them."
                raise Problem(409, "The checker forbids publishing", detail, told) from blocked
        return published_shape(done)


async def findings(kept: Kept, there: Known) -> tuple[Finding, ...]:
    """A draft's problems; a published version had none."""
    if kept.state != "draft" or kept.content is None:
        return ()
    return await asyncio.to_thread(flow_problems, kept.content.document, there)


def named(flow: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document under the name of its address, which its own must fit."""
    own = document.get("flow", flow)
    if own != flow:
        sentence = f"The document names the flow {own!r}, the address {flow!r}. Make them one, or leave it out."
        raise Unreadable([Finding("flow", sentence)])
    return {"flow": flow, **document}


async def read_said() -> Said:
    """The body is optional, and nobody is asked to send an empty object."""
    body = await request.get_data()
    if not body.strip():
        return Said()
    try:
        return Said.model_validate_json(body)
    except ValidationError as error:
        raise Problem(400, "The request can't be read", said(error)) from error


def number(version: int) -> int:
    """One that a database can be asked for."""
    return min(version, 2**31 - 1)


def unknown(flow: str, version: int) -> Problem:
    return Problem(404, "No such version", f"There is no version {version} of a flow {flow}.")


def shown(problems: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [one.model_dump() for one in problem_shapes(problems)]
