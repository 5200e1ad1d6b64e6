"""The routes of an application are the same for every story: what werkzeug makes of each is made once a process.

It compiles a function for every rule of every application, to build addresses from names, which we never do: a tenth of
a story's time.
"""

from typing import Any

from werkzeug.routing import Rule

MADE: dict[Any, Any] = {}


def make_builders_once() -> None:
    """For the rest of this process. Where werkzeug has changed, nothing is spared."""
    make = getattr(Rule, "_compile_builder", None)
    if make is None or not hasattr(Rule("/"), "_trace"):
        return

    def made(rule: Any, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return make(rule, append_unknown)
        which = (*rule._trace, append_unknown)
        if which not in MADE:
            MADE[which] = make(rule, append_unknown)
        return MADE[which]

    setattr(Rule, "_compile_builder", made)  # noqa: B010  # mypy lets no method be replaced
