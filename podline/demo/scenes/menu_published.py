"""A supervisor's flow with a menu: refused for a dead end, mended, published, used by the next call, taken back."""

from datetime import datetime
from textwrap import dedent
from zoneinfo import ZoneInfo

from podline.demo.desk import Otherwise
from podline.demo.scene import Scene
from podline.demo.stage import Stage

MORNING = datetime(2026, 11, 6, 9, 0, tzinfo=ZoneInfo("America/Edmonton"))
FILE, WRONG, RIGHT = "water.yaml", "1: watter", "1: water"
# The flow that ships, with a menu between who is calling and their team.
FLOW = dedent(
    f"""\
    flow: main
    description: As before, but whoever has no water reaches pod Parkland.
    languages: [en, fr]
    start: language
    steps:
      language: {{step: language, next: who}}
      who: {{step: identify, next: topic, unknown: swarm}}
      topic:
        step: menu
        say:
          en: If you have no water, press 1. For anything else, press 2.
          fr: Si vous n'avez pas d'eau, faites le 1. Pour autre chose, faites le 2.
        keys:
          {WRONG}
          2: team
        otherwise: team
      water: {{step: ring, pod: parkland, otherwise: swarm}}
      team: {{step: ring, otherwise: swarm, help: swarm}}
      swarm: {{step: swarm, call_back: call_back, voicemail: message, otherwise: message}}
      message: {{step: voicemail, call_back: call_back}}
      call_back: {{step: call_back, otherwise: message}}
    """
)
MENU = "If you have no water, press 1"


async def play(stage: Stage) -> None:
    mended = await is_refused_and_mended(stage)
    before = await is_asked_while_it_is_published(stage, mended)
    await hears_the_menu(stage, before + 1)
    (await stage.types("flow", "rollback", "main")).ended(0, f"main: version {before + 2} is live")
    await hears_no_menu(stage, before + 2)


async def is_refused_and_mended(stage: Stage) -> str:
    stage.terminal.writes(FILE, FLOW)
    (await stage.types("flow", "publish", FILE)).ended(
        1, f"{FILE}:steps.topic.keys.1: A dead end: there is no step `watter`", f"{FILE} is not published"
    )
    mended = FLOW.replace(WRONG, RIGHT)
    line = FLOW.splitlines().index(f"      {WRONG}") + 1
    stage.terminal.writes(FILE, mended)
    stage.tells(f"line {line} of {FILE}: “{WRONG}” becomes “{RIGHT}”")
    (await stage.types("flow", "check", FILE)).ended(0, "nothing forbids publishing")
    return mended


async def is_asked_while_it_is_published(stage: Stage, mended: str) -> int:
    """The version with which Dale's call began, and which it keeps."""
    dale, della = stage.cast("dale", "della")
    await dale.dials(stage.line)
    await dale.hears("Lloydminster, Saskatchewan, press 2")
    before = (await stage.on_line(dale)).contact["flow_version"]
    (await stage.types("flow", "publish", FILE, "--note", "a key for water")).ended(
        0, f"main: version {before + 1} is live"
    )
    await dale.presses("2")
    await della.rings()
    await stage.passes(3)
    await della.accepts()
    await dale.is_connected_to(della)
    await dale.hears_not(MENU)
    await stage.passes(40)
    await dale.hangs_up()
    kept = await stage.kept(dale)
    kept.used(before)
    kept.rang(("della", "accepted"))
    stage.tells(f"Dale Petrie's call began with version {before} of main, and kept it")
    return int(before)


async def hears_the_menu(stage: Stage, version: int) -> None:
    clara, della, ana = stage.cast("clara", "della", "ana")
    await clara.dials(stage.line)
    await clara.hears(MENU)
    await clara.presses("1")
    await della.rings()
    await stage.passes(3)
    await della.answers()
    await della.hears("Clara Whitfield")
    await della.accepts()
    await clara.is_connected_to(della)
    await stage.passes(50)
    await clara.hangs_up()
    await ana.does_not_ring()
    kept = await stage.kept(clara)
    kept.used(version)
    kept.ended_as("answered", owner="della")
    if [one["detail"]["key"] for one in kept.of_kind("pressed")][:1] != ["1"]:
        raise Otherwise("Clara's key should be in her call's story")
    stage.tells(f"Clara Whitfield's call began with version {version}")


async def hears_no_menu(stage: Stage, version: int) -> None:
    peter, ana = stage.cast("peter", "ana")
    await peter.dials(stage.line)
    await ana.rings()
    await peter.hears_not(MENU)
    await stage.passes(3)
    await ana.accepts()
    await peter.is_connected_to(ana)
    await stage.passes(30)
    await peter.hangs_up()
    kept = await stage.kept(peter)
    kept.used(version)
    kept.ended_as("answered", owner="ana")
    stage.tells(f"Peter Friesen's call began with version {version}, in which everything is as it was")


SCENE = Scene(
    "A menu is refused, mended, published and taken back",
    "A supervisor's menu leads to a step that isn't there. Mended, it is published while Dale is asked a question: his "
    "call goes on as it began, Clara's is the first with the menu. Then it is taken back.",
    play,
    clock="virtual",
    start=MORNING,
    place="Taber",
)
