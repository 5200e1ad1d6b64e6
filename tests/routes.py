"""The routes of an application are the same for every story: what werkzeug makes of each is made once a process.

It compiles a function for every rule of every application, to build addresses from names, which we never do, and takes
every rule apart: both together are a tenth of a story's time.
"""

from typing import Any

from werkzeug.routing import Map, Rule

# What `compile` makes of a rule, which nobody changes afterwards.
PARTS = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")
MADE: dict[Any, dict[str, Any]] = {}


def make_rules_once() -> None:
    """For the rest of this process. Where werkzeug has changed, nothing is spared."""
    compiled = getattr(Rule, "compile", None)
    if compiled is None or not _is_as_known():
        return

    def compile_once(rule: Any) -> None:
        if rule.defaults or rule.map.host_matching or rule.map.converters != rule.map.default_converters:
            compiled(rule)
            return
        which = (rule.rule, rule.subdomain, rule.merge_slashes)
        if which not in MADE:
            compiled(rule)
            MADE[which] = {name: getattr(rule, name) for name in PARTS}
        vars(rule).update(MADE[which])

    setattr(Rule, "compile", compile_once)  # noqa: B010  # mypy lets no method be replaced


def _is_as_known() -> bool:
    rule = Rule("/a/<string:b>")
    before = vars(rule).keys()
    Map([rule])
    return {*PARTS, "rule", "subdomain", "merge_slashes", "defaults"} <= before | vars(rule).keys()
