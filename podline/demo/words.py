"""Where to look while the demo is up: its addresses and commands, each as a line to be copied."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from podline.demo.live import LiveStage


def addresses(stage: LiveStage) -> Iterator[Text]:
    """The account and its tokens are made up for this run, so they may be shown."""
    chosen = stage.settings
    url = chosen["PODLINE_PUBLIC_URL"]
    yield Text()
    yield _line("softphone", f"{chosen['PODLINE_TWILIO_API_URL']}/   call it or write to it, in a browser")
    yield _line("service", f"{url}/readyz   {url}/metrics")
    yield _line("its API", f'curl -H "Authorization: Bearer {chosen["PODLINE_API_TOKEN"]}" {url}/api/v1/contacts')
    yield _line("local Twilio", f"{chosen['PODLINE_TWILIO_API_URL']}   account {chosen['PODLINE_TWILIO_ACCOUNT_SID']}")
    program = sys.argv[0] if Path(sys.argv[0]).name == "podline" else "podline"
    program = f"PODLINE_HOME={shlex.quote(str(stage.place.folder))} {program}"
    yield _line("the calls", f"{program} contacts")
    yield _line("one of them", f"{program} story CONTACT --why")
    yield _line("who works now", f"{program} who")
    yield _line("the call flow", f"{program} flow show main")


def _line(what: str, where: str) -> Text:
    return Text.assemble((f"  {what:<14}", "bold"), where)
