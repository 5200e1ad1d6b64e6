"""What the API says of flows and takes for them; problems as the checker finds them."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from callflows.step import Channel, Problem
from db.flows import Kept, Listed
from db.publishing import OURS, Published


def storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise ValueError("a character that is none is in it")
    return text.strip()


def somebody(name: str) -> str:
    if name in OURS:
        raise ValueError(f"{name!r} is a name of Podline's own")
    return name


Text = Annotated[str, AfterValidator(storable)]


class FlowProblem(BaseModel):
    """`place`: a path in the document, such as `steps.closed.next`. A `warning` forbids nothing."""

    place: str
    sentence: str
    warning: bool = False


class Flow(BaseModel):
    """`version`: the live one, null as long as there are only drafts. `lines`: whose calls, or texts, begin with this
    flow."""

    flow: str
    channel: Channel
    version: int | None
    published_at: AwareDatetime | None = None
    published_by: str | None = None
    note: str = ""
    drafts: int
    lines: list[str]


class Flows(BaseModel):
    flows: list[Flow]


class FlowVersion(BaseModel):
    """`problems`: a draft's, as the checker finds them now; of a version just published, its warnings."""

    flow: str
    version: int
    state: Literal["live", "published", "draft"]
    note: str = ""
    created_at: AwareDatetime
    created_by: str
    published_at: AwareDatetime | None = None
    published_by: str | None = None
    problems: list[FlowProblem] = Field(default_factory=list)


class FlowVersions(BaseModel):
    versions: list[FlowVersion]


class WholeFlowVersion(FlowVersion):
    """With all it holds. `ring_orders`: pod → technicians; `hours`: technician → opening hours; a draft has neither,
    it gets them when it is published. A `document` without steps means the flow
    that ships."""

    document: dict[str, Any]
    ring_orders: dict[str, list[str]]
    hours: dict[str, dict[str, str]]


class PublishedVersion(FlowVersion):
    """`already_live`: it was live before, so nothing was published."""

    already_live: bool = False


class VersionsQuery(BaseModel):
    limit: int = Field(default=100, ge=1, le=1000)


class Said(BaseModel):
    """Who does it and why; both stay in the history."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[Text, AfterValidator(somebody), Field(max_length=100)] = "api"
    note: Annotated[Text, Field(max_length=1000)] = ""


class DraftSaid(Said):
    """The flow as `document` or as `yaml`, exactly one of them."""

    document: dict[str, Any] | None = None
    yaml: str | None = None

    @model_validator(mode="after")
    def one_of_them(self) -> "DraftSaid":
        if (self.document is None) == (self.yaml is None):
            raise ValueError("send the flow as `document` or as `yaml`, one of the two")
        return self


def problem_shapes(problems: Iterable[Problem]) -> list[FlowProblem]:
    return [FlowProblem(place=one.place, sentence=one.sentence, warning=one.warning) for one in problems]


def flow_shape(one: Listed) -> Flow:
    return Flow(
        flow=one.flow,
        channel=one.channel,
        version=one.live,
        published_at=one.published_at,
        published_by=one.published_by,
        note=one.note,
        drafts=one.drafts,
        lines=list(one.lines),
    )


def version_shape(kept: Kept, problems: Iterable[Problem] = ()) -> FlowVersion:
    return FlowVersion(**history(kept), problems=problem_shapes(problems))


def whole_shape(kept: Kept, problems: Iterable[Problem] = ()) -> WholeFlowVersion:
    content = kept.content
    assert content is not None
    return WholeFlowVersion(
        **history(kept),
        problems=problem_shapes(problems),
        document=dict(content.document),
        ring_orders={pod: list(technicians) for pod, technicians in content.ring_orders.items()},
        hours={technician: dict(one) for technician, one in content.hours.items()},
    )


def published_shape(done: Published) -> PublishedVersion:
    return PublishedVersion(**history(done.kept), problems=problem_shapes(done.warnings), already_live=not done.is_new)


def history(kept: Kept) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in Kept.__slots__ if name != "content"}
