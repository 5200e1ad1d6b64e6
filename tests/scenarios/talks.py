"""A client and a technician on the telephone, of whom one wants more people on the call."""

from tests.scenarios.crews import Crew
from tests.world import LINE, Worlds

SOON = 150  # seconds: a text of which nothing is known is looked for after a minute

HELD = "SELECT technician FROM reservations WHERE expires_at > since AND kind <> 'wrap_up'"


class Talk(Crew):
    """Clara is on the telephone with Ana."""

    def begins(self) -> None:
        self.clara.dials(LINE)
        self.ana.rings().accepts()
        self.clara.is_connected_to(self.ana)
        self.passes(20)

    def talk_and_hang_up(self) -> None:
        self.passes(5)
        self.nobody_was_dropped()
        self.clara.hangs_up()

    def held(self) -> list[str]:
        return [row["technician"] for row in self.desk.query(HELD)]

    def reasons(self) -> set[str]:
        return {one["code"] for turn in self.desk.turns(self.desk.contact()["contact"]) for one in turn["reasons"]}

    def nobody_was_dropped(self) -> None:
        """They heard no question of ours, and were taken out of nothing."""
        self.clara.hears_not("cut off")
        self.clara.hears_not("press 1")
        self.clara.hears_not("still trying")


def talk_of(worlds: Worlds) -> Talk:
    talk = Talk.of(worlds)
    talk.begins()
    return talk
