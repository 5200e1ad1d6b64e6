"""The words that any exchange understands."""

from __future__ import annotations

from simulator.scenes.checks import CHECKS
from simulator.scenes.verbs import VERBS
from simulator.scenes.vocabulary import Vocabulary

OWN = Vocabulary(VERBS, CHECKS)
