"""What we remember of a conversation in writing between turns, besides what every contact has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thread:
    """`members`: the technicians to whom the client's words go, `muted` those of them who asked for quiet. `waiting`:
    Twilio's sids of the client's messages that nobody has been given yet. `arrivals` and `automatic`: when (epoch
    seconds) the client's last texts came, and when our last automatic ones went. `touched`: the last word of anybody.

    `told`: until when (epoch seconds) the client was told to wait. `opening`: how the conversation began. `replied`: a
    technician has answered. `silenced`: the client opted out in it. `dropped`: nobody is there to be answered.
    `invited`: who was asked to help.
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
