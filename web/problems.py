"""Problems as RFC 9457 says: what is wrong and what to do, as JSON; and who may ask."""

import json
from collections.abc import Sequence
from typing import Any

from quart import Response

# What every route of the API asks for, in its description.
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]


class Problem(Exception):
    """`problems`: what is wrong in detail, where there is more than one thing; a member of its own (RFC 9457, 3.2)."""

    def __init__(self, status: int, title: str, detail: str, problems: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.problems = problems


def problem(status: int, title: str, detail: str, problems: Sequence[dict[str, Any]] = ()) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if problems:
        body["problems"] = list(problems)
    return Response(json.dumps(body), status, content_type="application/problem+json")


def said(error: Any) -> str:
    """pydantic's findings in one line: which field, and what would be right."""
    errors = getattr(error, "errors", None)
    if errors is None:
        return str(error)
    return "; ".join(f"{'.'.join(str(part) for part in one['loc']) or 'body'}: {one['msg']}" for one in errors())
