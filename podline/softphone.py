"""What the local Twilio's softphone is given of ours: the people of the directory, and where a call's story is."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from db.desk import Desk
from db.pool import open_pool
from db.snapshot import Directory, Snapshots
from routing.directory import Client
from simulator.softphone.people import Person
from web.story_links import story_address

MOST_CLIENTS = 200  # in a list to choose from


async def people_in(url: str, home: Path) -> tuple[Person, ...]:
    """Of the directory in that database; its snapshot is kept in `home`."""
    pool = await open_pool(url, size=1)
    try:
        desk = Desk(pool, Snapshots(home))
        await desk.refresh()
        return people_of(desk.directory)
    finally:
        await pool.close()


def people_of(directory: Directory) -> tuple[Person, ...]:
    """Every technician, pod by pod, and clients by name. Who shares a number with somebody is not there twice."""
    people: dict[str, Person] = {}
    pods = {pod.pod: pod.name for pod in directory.pods}
    for one in sorted(directory.technicians, key=lambda one: (pods.get(one.pod, ""), one.position)):
        spoken = one.languages[0] if one.languages else "en"
        people[one.phone] = Person(one.name, one.phone, "technician", spoken, pods.get(one.pod, ""))
    for client in sorted(directory.first_clients(MOST_CLIENTS), key=lambda client: client.name):
        if client.phones:
            people.setdefault(client.phones[0], _caller(directory, client))
    return tuple(people.values())


def _caller(directory: Directory, client: Client) -> Person:
    places = [place for key in client.municipalities if (place := directory.municipality(key))]
    spoken = client.language or (places[0].languages[0] if places else "en")
    return Person(client.name, client.phones[0], "caller", spoken, ", ".join(place.name for place in places))


def story_page(public_url: str, secret_key: str, clock: Callable[[], datetime]) -> Callable[[], str]:
    """The address of a call's story, with {call_sid} in it: a fresh key for each page that asks. Without a secret
    key there is no such page."""
    return lambda: story_address(public_url, secret_key, clock()) if secret_key else ""
