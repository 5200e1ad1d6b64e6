"""The API and the pages are asked in the same world as the stories, with Twilio as it is by default."""

import pytest

from simulator.switches import Switches
from tests.scenarios.conftest import (  # noqa: F401  # fixtures
    caller,
    clock,
    desk,
    first,
    ground,
    grounds,
    line,
    run,
    second,
    third,
    world,
    worlds,
)


@pytest.fixture
def twilio() -> Switches:
    return Switches()
