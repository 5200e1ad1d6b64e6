"""The JSON API: contacts with their stories, threads (`web.threads`), matters, technicians and their presence, flows
(`web.flows`). Bearer token, RFC 9457."""

import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any

from quart import Blueprint, Response, current_app, request
from quart_schema import (
    RequestSchemaValidationError,
    security_scheme,
    tag,
    validate_querystring,
    validate_request,
    validate_response,
)
from werkzeug.exceptions import HTTPException

from db.desk import Desk
from db.presence import UnknownTechnician, set_presence
from db.stories import Wanted, find_contact, list_contacts, list_events, list_matters
from web.flows import add_flows
from web.problems import BEARER, Problem, problem, said
from web.shapes import (
    Contact,
    Contacts,
    ContactsQuery,
    Matter,
    Matters,
    MattersQuery,
    PresenceSaid,
    Technician,
    Technicians,
    contact_shape,
    read_cursor,
    write_cursor,
)
from web.technicians import list_technicians
from web.threads import FileLink, add_threads


def api_blueprint(
    desk: Desk, clock: Callable[[], datetime], token: str, file_link: FileLink | None = None
) -> Blueprint:
    """`token` empty: nobody may ask, and is told which setting is missing. `file_link`: without it messages name their
    files, and none can be had."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.before_request
    async def authorise() -> Response | None:
        if not token:
            return problem(503, "The API has no token", "Set PODLINE_API_TOKEN and start the service again.")
        given = request.headers.get("Authorization", "")
        if given[:7].lower() == "bearer " and hmac.compare_digest(given[7:].encode(), token.encode()):
            return None
        refused = problem(401, "Not authorised", "Send the header Authorization: Bearer <PODLINE_API_TOKEN>.")
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused

    tell_problems(api)
    add_contacts(api, desk)
    add_threads(api, desk, file_link)
    add_matters(api, desk)
    add_technicians(api, desk, clock)
    add_flows(api, desk, clock)
    return api


def tell_problems(api: Blueprint) -> None:
    """Whatever goes wrong is told as RFC 9457 says."""

    @api.errorhandler(Problem)
    async def told(error: Problem) -> Response:
        return problem(error.status, error.title, error.detail, error.problems)

    @api.errorhandler(RequestSchemaValidationError)
    async def invalid(error: RequestSchemaValidationError) -> Response:
        return problem(400, "The request can't be read", said(error.validation_error))

    @api.errorhandler(RecursionError)
    async def too_deep(error: RecursionError) -> Response:
        return problem(400, "The request can't be read", "It is nested too deeply.")

    @api.errorhandler(HTTPException)
    @api.app_errorhandler(HTTPException)
    async def http_problem(error: HTTPException) -> Any:
        if not request.path.startswith("/api/"):
            return error
        return problem(error.code or 500, error.name, error.description or "")

    @api.errorhandler(Exception)
    async def fault(error: Exception) -> Response:
        current_app.logger.exception("api_failed", exc_info=error)
        return problem(500, "Something went wrong on our side", "It is in the log; try again in a moment.")


def add_contacts(api: Blueprint, desk: Desk) -> None:
    """Contacts with their stories, the newest first."""

    @api.get("/contacts")
    @tag(["contacts"])
    @security_scheme(BEARER)
    @validate_querystring(ContactsQuery)
    @validate_response(Contacts)
    async def get_contacts(query_args: ContactsQuery) -> Contacts:
        try:
            after = read_cursor(query_args.cursor) if query_args.cursor else None
        except ValueError as error:
            raise Problem(400, "The request can't be read", str(error)) from error
        wanted = Wanted(
            call_sid=query_args.call_sid,
            message_sid=query_args.message_sid,
            municipality=query_args.municipality,
            client=query_args.client,
            technician=query_args.technician,
            since=query_args.since,
            after=after,
            limit=query_args.limit,
        )
        async with desk.pool.acquire() as connection:
            rows = await list_contacts(connection, wanted)
            page = rows[: wanted.limit]
            stories = await list_events(connection, [row["contact"] for row in page])
        return Contacts(
            contacts=[contact_shape(row, stories[row["contact"]]) for row in page],
            next=write_cursor(page[-1]) if len(rows) > wanted.limit else None,
        )

    @api.get("/contacts/<contact>")
    @tag(["contacts"])
    @security_scheme(BEARER)
    @validate_response(Contact)
    async def get_contact(contact: str) -> Contact:
        async with desk.pool.acquire() as connection:
            row = await find_contact(connection, contact)
            if row is None:
                raise Problem(404, "No such contact", f"There is no contact {contact}.")
            stories = await list_events(connection, [row["contact"]])
        return contact_shape(row, stories[row["contact"]])


def add_matters(api: Blueprint, desk: Desk) -> None:
    """Matters with their promises, the newest first."""

    @api.get("/matters")
    @tag(["matters"])
    @security_scheme(BEARER)
    @validate_querystring(MattersQuery)
    @validate_response(Matters)
    async def get_matters(query_args: MattersQuery) -> Matters:
        async with desk.pool.acquire() as connection:
            rows = await list_matters(
                connection,
                state=query_args.state,
                client=query_args.client,
                municipality=query_args.municipality,
                owner=query_args.owner,
                limit=query_args.limit,
            )
        return Matters(matters=[Matter(**row) for row in rows])

    @api.get("/matters/<int:matter>")
    @tag(["matters"])
    @security_scheme(BEARER)
    @validate_response(Matter)
    async def get_matter(matter: int) -> Matter:
        async with desk.pool.acquire() as connection:
            rows = await list_matters(connection, matter=matter)
        if not rows:
            raise Problem(404, "No such matter", f"There is no matter #{matter}.")
        return Matter(**rows[0])


def add_technicians(api: Blueprint, desk: Desk, clock: Callable[[], datetime]) -> None:
    """Who would be rung now, who not and why; and what they say of themselves."""

    @api.get("/technicians")
    @tag(["technicians"])
    @security_scheme(BEARER)
    @validate_response(Technicians)
    async def get_technicians() -> Technicians:
        return Technicians(technicians=await list_technicians(desk, clock()))

    @api.put("/technicians/<technician>/presence")
    @tag(["technicians"])
    @security_scheme(BEARER)
    @validate_request(PresenceSaid)
    @validate_response(Technician)
    async def put_presence(technician: str, data: PresenceSaid) -> Technician:
        now = clock()
        if data.until is not None and data.until <= now:
            raise Problem(400, "The request can't be read", "until must be in the future.")
        await desk.refresh()
        try:
            await set_presence(desk, technician, data.state, data.until, now, by="api")
        except UnknownTechnician as error:
            raise Problem(404, "No such technician", f"{error}.") from error
        return next(one for one in await list_technicians(desk, now) if one.technician == technician)
