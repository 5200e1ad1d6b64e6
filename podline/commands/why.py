"""`why`: the reasons for one contact's way, part by part, each from what was kept when it was decided."""

from typing import TYPE_CHECKING, Any

from podline.commands.opening import CommandFailed, Flag, with_desk

if TYPE_CHECKING:
    from rich.console import Console

    from db.desk import Desk
    from podline.why import Explanation
    from podline.why_hunt import Stand
    from podline.why_swarm import SwarmTold

PART_NAMES = (
    "Why this pod",
    "Which way through the flow",
    "Why this order",
    "Why not the next one",
    "Who was called in to help",
)
WIDEST = 100  # longer lines are hard to read


def why(contact: str, /, *, json: Flag = False) -> None:
    """Explain one contact: why this pod and this way, why this order, why not the next one, and who was called in.

    Told from what was kept with each decision, never from today's directory or presence. A contact that was decided
    otherwise than this version would decide it is not explained.

    For example:

        podline why q7nm2x4kabcd

    Parameters
    ----------
    contact
        The contact's id, or Twilio's sid of the call.
    json
        As JSON: the sentences, and each plan with what happened to everybody in it.
    """

    async def act(desk: "Desk") -> None:
        from db.stories import NotReplayed, find_contact, list_turns, list_versions
        from podline.why import explain

        async with desk.pool.acquire() as connection:
            row = await find_contact(connection, contact)
            if row is None:
                raise CommandFailed(f"There is no contact {contact}: `podline contacts` lists them.")
            turns = await list_turns(connection, row["contact"])
            versions = await list_versions(connection, turns)
        try:
            found = explain(row, turns, versions)
        except NotReplayed as error:
            raise CommandFailed(str(error)) from None
        if json:
            from json import dumps

            print(dumps(shape(found), ensure_ascii=False, indent=2))
        else:
            from rich.console import Console

            asked = Console()
            show(found, Console(width=min(asked.width, WIDEST) if asked.is_terminal else 80, highlight=False))

    with_desk(act)


def shape(found: "Explanation") -> dict[str, Any]:
    from dataclasses import asdict

    kept = asdict(found)
    for told in (*kept["hunts"], *kept["swarms"]):
        told["at"] = told["at"].isoformat()
    return kept


def show(found: "Explanation", console: "Console") -> None:
    """Headed parts; plain text alone, so that it reads the same on paper."""
    from podline.why_sentences import WHY

    console.print(f"Contact {found.contact}. Times are those of {found.zone}.", markup=False)
    heading(console, PART_NAMES[0])
    items(console, found.pod)
    heading(console, PART_NAMES[1])
    items(console, found.way)
    heading(console, PART_NAMES[2])
    for hunt in found.hunts:
        console.print(f"{hunt.heading}:", markup=False)
        plan(console, hunt.plan)
        for note in (*hunt.notes, f"The end of it: {hunt.end}."):
            console.print(note, markup=False)
        console.print()
    if not found.hunts:
        items(console, (WHY["hunt_none"],))
    heading(console, PART_NAMES[3], space=not found.hunts)
    rings = [ring for hunt in found.hunts for ring in hunt.rings]
    for ring in rings:
        items(console, (f"Ring {ring.ring}, {ring.name}: {ring.why} {ring.why_not_next}",))
    if not rings:
        items(console, (WHY[why_nobody_was_rung(found)],))
    heading(console, PART_NAMES[4])
    for number, swarm in enumerate(found.swarms):
        if number:
            console.print()
        show_swarm(console, swarm)
    if not found.swarms:
        items(console, (WHY["swarm_no_need"],))


def why_nobody_was_rung(found: "Explanation") -> str:
    stands = [one for hunt in found.hunts for one in hunt.plan]
    if any(one.outcome == "together" for one in stands):
        return "ring_none_together"
    return "ring_none_free" if stands else "ring_none"


def show_swarm(console: "Console", swarm: "SwarmTold") -> None:
    """Why it was opened, whom it rang, whom not, who owned the call, how it ended."""
    from podline.teller import list_of
    from podline.why_sentences import WHY

    console.print(f"{swarm.heading}:", markup=False)
    items(console, (swarm.opened,))
    if swarm.plan:
        plan(console, swarm.plan)
    left_out: dict[str, list[str]] = {}
    for one in swarm.left_out:
        left_out.setdefault(one.why, []).append(one.name)
    said = [
        WHY["left_out_of_swarm"].format(reason=why, technicians=list_of(names, "and"))
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


def plan(console: "Console", stands: "tuple[Stand, ...]") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from podline.why_sentences import WHY

    if not stands:
        console.print(WHY["hunt_empty"], markup=False)
        return
    table = Table("#", "technician", "why there", "what happened", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.columns[0].no_wrap = True
    for one in stands:
        table.add_row(*map(Text, (str(one.place), one.name, one.why, one.happened)))
    console.print(table)
