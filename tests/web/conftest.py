"""The API is asked in the same world as the stories."""

from tests.scenarios.conftest import (  # noqa: F401  # fixtures
    caller,
    clock,
    desk,
    first,
    line,
    run,
    second,
    third,
    world,
    worlds,
)
