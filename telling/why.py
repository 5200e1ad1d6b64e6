"""Why a contact went where it went: who was known, which way it took through the flow, whom the plan named in which
order, why nobody else was rung, and who was called in to help; or who was given what a client wrote.

Pure, from a contact's kept turns alone: each is played again through `advance`, so what is told is what was decided
then, whatever directory and floor are today's. What can't be played again to the letter is not explained at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.stories import Versions, replay
from telling.names import names_then
from telling.why_hunt import HuntTold, hunts_told
from telling.why_pod import why_pod
from telling.why_swarm import SwarmTold, swarms_told
from telling.why_way import why_this_way
from telling.why_written import why_written

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`written`: of a conversation in writing, in place of `hunts` and `swarms`; empty for a call."""

    contact: str
    zone: str
    pod: tuple[str, ...]
    way: tuple[str, ...]
    hunts: tuple[HuntTold, ...]
    swarms: tuple[SwarmTold, ...]
    written: tuple[str, ...] = ()


def explain(row: Row, turns: Sequence[Row], versions: Versions, language: str = "en") -> Explanation:
    """`turns` as `db.stories.list_turns` gives them. Raises NotReplayed."""
    played = replay(row, turns, versions)
    names = names_then([one.floor for one in played], row, language)
    return Explanation(
        contact=row["contact"],
        zone=names.zone,
        pod=tuple(why_pod(row, played, names)),
        way=tuple(why_this_way(row, played, names)),
        hunts=tuple(hunts_told(row["contact"], played, names)),
        swarms=tuple(swarms_told(row["contact"], played, names)),
        written=tuple(why_written(row, played, names)),
    )
