"""A small pod whose technician is easily missed, and people of another pod who opted in to help, or did not."""

from dataclasses import dataclass
from typing import Self

from simulator.people.story import StoryHandset
from tests.world import LINE, Reader, World, Worlds

NAMES = ("Clara", "Ana", "Dan", "Eve", "Fay", "Gus")
CLARA, ANA, DAN, EVE, FAY, GUS = (
    "+14035550120",
    "+14035550111",
    "+17805550114",
    "+17805550115",
    "+17805550116",
    "+17805550117",
)

CREW: dict[str, str] = {
    "pods.csv": """pod,name,strategy,timezone,wrap_up
taber,Taber,linear,America/Edmonton,0
north,North,linear,America/Edmonton,0
""",
    "lines.csv": f"line,name,voice_flow,text_flow,languages,fallback\n{LINE},Support,,,en,\n",
    "technicians.csv": f"""technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,{ANA},taber,1,en,tax,24/7,,yes
dan,Dan Roy,{DAN},north,1,en;fr,water,24/7,,yes
eve,Eve Lund,{EVE},north,2,en,payroll,24/7,,yes
fay,Fay Osei,{FAY},north,3,en,tax,24/7,,yes
gus,Gus Brandt,{GUS},north,4,en,tax,24/7,,no
""",
    "municipalities.csv": """municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases
4802022,Taber,Taber,T,AB,America/Edmonton,en,taber,,
""",
    "clients.csv": f"""client,name,phones,municipality,language,channel,email,notes
clara,Clara Whitfield,{CLARA},4802022,en,voice,,
""",
}


@dataclass
class Crew:
    """Clara calls; Ana is her pod's; Dan knows about water; Eve, Fay and he help other pods, Gus does not."""

    world: World
    clara: StoryHandset
    ana: StoryHandset
    dan: StoryHandset
    eve: StoryHandset
    fay: StoryHandset
    gus: StoryHandset

    @classmethod
    def of(cls, worlds: Worlds) -> Self:
        world = worlds(directory=CREW)
        numbers = (CLARA, ANA, DAN, EVE, FAY, GUS)
        return cls(world, *world.phones([(one, name) for one, name in zip(numbers, NAMES, strict=True)]))

    @property
    def desk(self) -> Reader:
        return self.world.desk

    @property
    def outcome(self) -> str:
        return str(self.desk.contact()["outcome"])

    def passes(self, seconds: float) -> None:
        self.world.story.clock.passes(seconds=seconds)

    def waits(self) -> None:
        """Clara calls, her pod's Ana passes, and the swarm is opened."""
        self.clara.dials(LINE)
        self.ana.rings().declines()
