"""What the `flow` commands print: flows, history, a version step by step, what publishing did or why it didn't."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from podline.commands.flow_asking import get_version
from podline.commands.opening import CommandFailed, show_table

if TYPE_CHECKING:
    from datetime import datetime

    from callflows.step import Problem
    from db.flows import Kept
    from db.pool import Connection
    from db.publishing import Published

LATEST = 30  # versions of the history table


def refuse(file: str, problems: "Sequence[Problem]") -> NoReturn:
    from podline.flow import counted, problem_lines

    for line in problem_lines(file, problems):
        print(line)
    blocking = sum(not one.warning for one in problems)
    raise CommandFailed(f"{file} is not published: {counted(blocking, 'problem')} to put right.")


def tell(published: "Published") -> None:
    from callflows.differences import document_differences, summary

    kept = published.kept
    if not published.is_new:
        print(f"{kept.flow}: version {kept.version} is live, and is this very document; nothing is published.")
        return
    print(f"{kept.flow}: version {kept.version} is live{f' ({kept.note})' if kept.note else ''}.")
    before = published.before
    if before is not None and kept.content is not None:
        changed = summary(document_differences(before.whole, kept.content.whole))
        print(f"Against version {before.version}: {changed}.")


def when(at: "datetime | None") -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M %Z") if at else ""


async def show_flows(connection: "Connection") -> None:
    from db.flows import list_flows

    rows = [
        (
            one.flow,
            one.channel,
            str(one.live or "none"),
            when(one.published_at),
            one.published_by or "",
            one.note,
            str(one.drafts or ""),
            ", ".join(one.lines),
        )
        for one in await list_flows(connection)
    ]
    show_table(("flow", "channel", "live version", "since", "by", "note", "drafts", "lines"), rows)


async def show_versions(connection: "Connection", flow: str) -> None:
    from db.flows import list_versions

    found = await list_versions(connection, flow, LATEST + 1)
    if not found:
        await get_version(connection, flow, None)  # says what there is
    rows = [
        (
            str(one.version),
            one.state,
            when(one.published_at or one.created_at),
            one.published_by or one.created_by,
            one.note,
        )
        for one in found[:LATEST]
    ]
    show_table(("version", "state", "since", "by", "note"), rows)
    if len(found) > LATEST:
        print(f"Older ones are not listed; `podline flow show {flow} --version N` shows one.")


def show_yaml(kept: "Kept") -> None:
    from podline.flow import as_yaml

    assert kept.content is not None
    print(as_yaml(kept.flow, kept.content.whole), end="")


def show_version(kept: "Kept") -> None:
    from callflows.step import Flow
    from podline.flow import problem_lines, prompt_rows, read_flow, settings_of, step_rows

    assert kept.content is not None
    who, at = kept.published_by or kept.created_by, when(kept.published_at or kept.created_at)
    said = {"live": "live since", "published": "published", "draft": "a draft of"}[kept.state]
    print(f"{kept.flow}, version {kept.version}: {said} {at}, by {who}{f' ({kept.note})' if kept.note else ''}.")
    flow = read_flow(kept.content.whole)
    if not isinstance(flow, Flow):
        if kept.state != "draft":
            print("This document can't be read any more, so the flow that ships is run:")
        for line in problem_lines(kept.flow, flow):
            print(line)
        return
    for line in settings_of(kept.content.whole, flow):
        print(line)
    print()
    rows = list(step_rows(flow))
    noted = any(row[3] for row in rows)
    show_table(("", "step", "what it does", *(("note",) if noted else ())), [row if noted else row[:3] for row in rows])
    if prompts := list(prompt_rows(flow)):
        print()
        show_table(("words", "language", "what is said"), prompts)
