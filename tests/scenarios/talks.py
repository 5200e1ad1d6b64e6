"""A client and a technician on the telephone, of whom one wants more people on the call."""

from dataclasses import dataclass

from simulator.people.story import StoryHandset
from tests.scenarios.crews import ANA, CLARA, CREW, DAN, EVE, FAY, GUS, NAMES
from tests.world import LINE, Reader, World, Worlds

SOON = 150  # seconds: a text of which nothing is known is looked for after a minute

HELD = "SELECT technician FROM reservations WHERE expires_at > since AND kind <> 'wrap_up'"


@dataclass
class Talk:
    """Clara is on the telephone with Ana; Dan knows about water, Eve, Fay and he help other pods, Gus does not."""

    world: World
    clara: StoryHandset
    ana: StoryHandset
    dan: StoryHandset
    eve: StoryHandset
    fay: StoryHandset
    gus: StoryHandset

    @property
    def desk(self) -> Reader:
        return self.world.desk

    @property
    def outcome(self) -> str:
        return str(self.desk.contact()["outcome"])

    def passes(self, seconds: float) -> None:
        self.world.story.clock.passes(seconds=seconds)

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
    world = worlds(directory=CREW)
    numbers = (CLARA, ANA, DAN, EVE, FAY, GUS)
    people = world.phones([(one, name) for one, name in zip(numbers, NAMES, strict=True)])
    made = Talk(world, *people)
    made.begins()
    return made
