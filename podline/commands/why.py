"""`why`: the reasons for one contact's way, part by part, each from what was kept when it was decided."""

from typing import TYPE_CHECKING, Any, Literal

from podline.commands.opening import CommandFailed, Flag, with_desk

if TYPE_CHECKING:
    from rich.console import Console

    from db.desk import Desk
    from telling.why import Explanation
    from telling.why_hunt import Stand
    from telling.why_swarm import SwarmTold
    from telling.words import Words

WIDEST = 100  # longer lines are hard to read


def why(contact: str, /, *, language: Literal["en", "fr"] = "en", json: Flag = False) -> None:
    """Explain one contact: why this pod and this way, why this order, why not the next one, and who was called in; or
    who was given what the client wrote.

    Told from what was kept with each decision, never from today's directory or presence. A contact that was decided
    otherwise than this version would decide it is not explained.

    For example:

        podline why q7nm2x4kabcd

    Parameters
    ----------
    contact
        The contact's id, or Twilio's sid of the call.
    language
        In English (en) or French (fr).
    json
        As JSON: the sentences, and each plan with what happened to everybody in it.
    """

    async def act(desk: "Desk") -> None:
        from db.stories import NotReplayed, find_contact, list_turns, list_versions
        from telling.why import explain
        from telling.words import words

        async with desk.pool.acquire() as connection:
            row = await find_contact(connection, contact)
            if row is None:
                raise CommandFailed(f"There is no contact {contact}: `podline contacts` lists them.")
            turns = await list_turns(connection, row["contact"])
            versions = await list_versions(connection, turns)
        try:
            found = explain(row, turns, versions, language)
        except NotReplayed as error:
            raise CommandFailed(str(error)) from None
        if json:
            from json import dumps

            print(dumps(shape(found), ensure_ascii=False, indent=2))
        else:
            from rich.console import Console

            asked = Console()
            width = min(asked.width, WIDEST) if asked.is_terminal else 80
            show(found, Console(width=width, highlight=False), words(language, row["channel"]))

    with_desk(act)


def shape(found: "Explanation") -> dict[str, Any]:
    from dataclasses import asdict

    kept = asdict(found)
    for told in (*kept["hunts"], *kept["swarms"]):
        told["at"] = told["at"].isoformat()
    return kept


def show(found: "Explanation", console: "Console", words: "Words") -> None:
    """Headed parts; plain text alone, so that it reads the same on paper."""
    head = words.headings
    console.print(head["contact"].format(contact=found.contact, zone=found.zone), markup=False)
    heading(console, head["pod"])
    items(console, found.pod)
    heading(console, head["way"])
    items(console, found.way)
    if found.written:
        heading(console, head["written"])
        items(console, found.written)
        return
    show_rings(found, console, words)


def show_rings(found: "Explanation", console: "Console", words: "Words") -> None:
    """Of a call: in which order people were rung, why nobody else, and who was called in."""
    head = words.headings
    heading(console, head["order"])
    for hunt in found.hunts:
        console.print(head["hunt"].format(heading=hunt.heading), markup=False)
        plan(console, hunt.plan, words)
        for note in (*hunt.notes, head["end"].format(end=hunt.end)):
            console.print(note, markup=False)
        console.print()
    if not found.hunts:
        items(console, (words.explain("hunt_none"),))
    heading(console, head["next"], space=not found.hunts)
    rings = [ring for hunt in found.hunts for ring in hunt.rings]
    for ring in rings:
        said = {"ring": ring.ring, "technician": ring.name, "why": ring.why, "next": ring.why_not_next}
        items(console, (head["ring"].format_map(said),))
    if not rings:
        items(console, (words.explain(why_nobody_was_rung(found)),))
    heading(console, head["swarm"])
    for number, swarm in enumerate(found.swarms):
        if number:
            console.print()
        show_swarm(console, swarm, words)
    if not found.swarms:
        items(console, (words.explain("swarm_no_need"),))


def why_nobody_was_rung(found: "Explanation") -> str:
    stands = [one for hunt in found.hunts for one in hunt.plan]
    if any(one.outcome == "together" for one in stands):
        return "ring_none_together"
    return "ring_none_free" if stands else "ring_none"


def show_swarm(console: "Console", swarm: "SwarmTold", words: "Words") -> None:
    """Why it was opened, whom it rang, whom not, who owned the call, how it ended."""
    console.print(words.headings["hunt"].format(heading=swarm.heading), markup=False)
    items(console, (swarm.opened,))
    if swarm.plan:
        plan(console, swarm.plan, words)
    left_out: dict[str, list[str]] = {}
    for one in swarm.left_out:
        left_out.setdefault(one.why, []).append(one.name)
    said = [
        words.explain("left_out_of_swarm", reason=why, technicians=words.all_of(names))
        for why, names in left_out.items()
    ]
    items(console, (*said, *swarm.notes, *swarm.owner, *swarm.end))


def heading(console: "Console", title: str, *, space: bool = True) -> None:
    above = "\n" if space else ""
    console.print(f"{above}{title}\n{'-' * len(title)}", markup=False, style="bold")


def items(console: "Console", sentences: tuple[str, ...]) -> None:
    """Each on lines of its own, the second and later ones indented."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    for sentence in sentences:
        grid.add_row(Text("-"), Text(sentence))
    console.print(grid)


def plan(console: "Console", stands: "tuple[Stand, ...]", words: "Words") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not stands:
        console.print(words.explain("hunt_empty"), markup=False)
        return
    columns = (words.headings[one] for one in ("place", "technician", "why", "happened"))
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.columns[0].no_wrap = True
    for one in stands:
        table.add_row(*map(Text, (str(one.place), one.name, one.why, one.happened)))
    console.print(table)
