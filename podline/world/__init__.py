"""The sample world: a directory folder with real places and invented people, for the demo and for load."""

from podline.world.crowd import generate_clients
from podline.world.sample import write_world

__all__ = ["generate_clients", "write_world"]
