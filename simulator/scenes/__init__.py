"""Scenes as files: people, what they do in order, and what should come of it, as YAML whose steps are sentences.

`read_scenes` reads, `play` plays one on an exchange. Whoever plays them for a service of their own gives a
`Vocabulary` with further verbs and checks, and a `Host` that does them; nothing here knows what these mean.
"""

from simulator.scenes.casting import Cast, Known, cast
from simulator.scenes.document import Person, Scene
from simulator.scenes.playing import Ending, Host, Play, play
from simulator.scenes.problems import Problem, Unreadable
from simulator.scenes.reading import read_scenes
from simulator.scenes.vocabulary import Check, Step, Verb, Vocabulary
from simulator.scenes.words import OWN

__all__ = [
    "OWN",
    "Cast",
    "Check",
    "Ending",
    "Host",
    "Known",
    "Person",
    "Play",
    "Problem",
    "Scene",
    "Step",
    "Unreadable",
    "Verb",
    "Vocabulary",
    "cast",
    "play",
    "read_scenes",
]
