"""The API's description at /api/openapi.json, made from the shapes; webhooks and health checks are no part of it."""

from types import FunctionType

from quart import Quart
from quart_schema import Info, QuartSchema, hide

VERSION = "1.0"


def describe_api(app: Quart) -> None:
    """Call once, before the application starts."""
    QuartSchema(
        app,
        openapi_path="/api/openapi.json",
        redoc_ui_path=None,
        scalar_ui_path=None,
        swagger_ui_path=None,
        info=Info("Podline", VERSION, description="Contacts with their stories, matters, technicians, flows."),
        security_schemes={"bearer": {"type": "http", "scheme": "bearer"}},
        conversion_preference="pydantic",
        pydantic_dump_options={"by_alias": True},
    )
    # The steps of a flow stay in their author's order.
    app.json.sort_keys = False  # type: ignore[attr-defined]


def hide_all_but_api(app: Quart) -> None:
    """Call when every route is registered."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/"):
            view = app.view_functions.get(rule.endpoint)
            if isinstance(view, FunctionType):  # the description's own view is a method, and hidden already
                hide(view)
