"""Ways through a flow: the shortest that leave a step by an exit, found on the flow's own graph, so that another
document is walked too. What people do on a way stands in a table by the kind of step; a kind that is not there is one
that nobody knows how to walk yet."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from callflows.step import Flow, Step


class Named(Protocol):
    @property
    def name(self) -> str: ...


Way = TypeVar("Way", bound=Named)
Journey = TypeVar("Journey", bound=Named)
# Kind of step -> exit ("": it ends here) -> ways. The first is the usual one, on the way to somewhere else.
Ways = Mapping[str, Mapping[str, tuple[Way, ...]]]
Route = tuple[tuple[str, str, Way], ...]
Passed = tuple[str, str]  # a step and the exit by which it is left, or ""


def wanted(flow: Flow, ways: Ways[Way]) -> set[Passed]:
    """Every way out of every step that the document gives, and every end."""
    found = set()
    for name, step in flow.steps.items():
        found |= {(name, one.field) for one in step.exits()}
        if "" in ways_of(step, ways):
            found.add((name, ""))
    return found


def ways_of(step: Step, ways: Ways[Way]) -> Mapping[str, tuple[Way, ...]]:
    if step.step not in ways:
        raise LookupError(f"nobody knows how to walk a {step.step} step: say in WAYS what people do to leave it")
    return ways[step.step]


def shortest(flow: Flow, ways: Ways[Way], along: Callable[[Route[Way]], Journey | None]) -> list[Journey]:
    """For each way, the shortest journey that takes it, by the usual ways before and after it; each once. `along`: what
    people do on all of a route; None if it can't be."""
    found: dict[str, Journey] = {}
    for name, step in flow.steps.items():
        for leaving, taken in ways_of(step, ways).items():
            for way in taken:
                target = (name, leaving, way)
                made = next((one for route in routes(flow, ways, target) if (one := along(route))), None)
                if made is None:
                    raise LookupError(f"no journey leads to {name} and out of it by {leaving or 'its end'}: {way.name}")
                found.setdefault(made.name, made)
    return list(found.values())


def routes(flow: Flow, ways: Ways[Way], target: tuple[str, str, Way]) -> Iterator[Route[Way]]:
    """All that pass the step so, the shortest first."""
    waiting: deque[tuple[str, Route[Way]]] = deque([(flow.start, ())])
    while waiting:
        at, route = waiting.popleft()
        been = any(one == target for one in route)
        for out, to, taken in leavings(flow, ways, at, target):
            following = (*route, (at, out, taken))
            if not out:
                if been or (at, out, taken) == target:
                    yield following
            elif sum(one[0] == at for one in route) == 0:  # nobody goes in circles
                waiting.append((to, following))


def leavings(flow: Flow, ways: Ways[Way], at: str, target: tuple[str, str, Way]) -> Iterator[tuple[str, str, Way]]:
    step = flow.steps[at]
    to = {one.field: one.to for one in step.exits()} | {"": ""}
    for out, taken in ways_of(step, ways).items():
        if out not in to:
            continue
        if at == target[0]:
            if out == target[1]:
                yield out, to[out], target[2]
        else:
            for way in taken if out in ("next", "unknown") else taken[:1]:
                yield out, to[out], way
