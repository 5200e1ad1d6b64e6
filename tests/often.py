"""How often a property is tried with other people, hours and calls. Each run draws others, so what one misses another
finds; with PODLINE_TEST_LONG four times as many.
"""

import os


def often(times: int) -> int:
    return times * 4 if os.environ.get("PODLINE_TEST_LONG") else times
