"""What the demo says about contacts it did not witness at a telephone: the service's story, and where to look."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from podline.demo.stage import Stage


def tell(contact: Mapping[str, Any], stage: Stage, *, brief: bool) -> Iterator[str]:
    yield f"{contact['id']} {contact['outcome']} {contact['owner']}"


def addresses(stage: Stage) -> Iterator[Text]:
    yield Text(stage.settings["PODLINE_PUBLIC_URL"])
