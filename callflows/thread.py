"""What we remember of a conversation in writing between turns, besides what every contact has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thread:
    """`members`: the technicians to whom the client's words go, `muted` those of them who asked for quiet. `waiting`:
    Twilio's sids of the client's messages that nobody has been given yet. `arrivals` and `automatic`: when (epoch
    seconds) the client's last texts came, and when our last automatic ones went. `touched`: the last word of anybody.

    `told`: until when (epoch seconds) the client was told to wait. `opening`: how the conversation began. `replied`: a
    technician has answered. `silenced`: the client opted out in it. `dropped`: nobody is there to be answered.
    `invited`: who was asked to help. `given`: which of the client's words went to which technician lately, by the last
    message of them; `lost`: those that never arrived. `alarmed`: when the supervisor was told that words reach nobody.
    `unproven`: the last letter may be somebody else's than it says.
    """

    members: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    arrivals: tuple[int, ...] = ()
    automatic: tuple[int, ...] = ()
    touched: int = 0
    told: int = 0
    opening: str = ""
    replied: bool = False
    silenced: bool = False
    dropped: bool = False
    invited: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    alarmed: int = 0
    unproven: bool = False
