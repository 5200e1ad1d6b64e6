"""A client writes more than one text holds: every part that a technician gets says whose words it gives."""

from tests.scenarios.outages import CLARA, DALE, SOON, TWO_CLIENTS
from tests.world import Worlds

LONG = " ".join(f"word{number}" for number in range(213))  # 1,593 characters: with a header more than one text


def test_the_answer_to_any_part_goes_to_the_right_conversation(worlds: Worlds, line: str) -> None:
    world = worlds(directory=TWO_CLIENTS)
    clara, dale = world.phone(CLARA, "Clara"), world.phone(DALE, "Dale")
    ana = world.phone("+14035550111", "Ana")
    clara.sends_text(line, LONG)
    ana.got_text("#1 Taber, Clara Whitfield: word0 word1 ", within=SOON)
    ana.got_text("#1 2/2 ", within=SOON)
    dale.sends_text(line, LONG)
    ana.got_text("#2 Taber, Dale Petrie: word0 word1 ", within=SOON)
    ana.got_text("#2 2/2 ", within=SOON)
    ana.sends_text(line, "#1 Which word is wrong?")
    clara.got_text("Which word is wrong?", within=SOON)
    dale.got_no_text()
    ana.sends_text(line, "#2 Thank you, Dale")
    dale.got_text("Thank you, Dale", within=SOON)
    (kept,) = world.desk.query("SELECT body FROM messages WHERE body LIKE '#1 Taber%'")
    assert kept["body"].endswith(LONG), "the thread has the words as they were written"
