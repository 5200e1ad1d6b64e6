"""Which prompts the story tells together, and which a key may answer."""

# Prompts that are part of a question or a message which another prompt of the same moment tells.
PARTS = {
    *("ask_yes_no", "ask_none", "callback_number_keys"),
    *("menu_hello", "menu_last", "menu_call_back", "menu_promises", "menu_off_duty", "menu_on_duty"),
    *("menu_promise", "menu_matter"),
    "swarm_keys",
}

# Prompts of which every round of a long wait says one.
ROUNDS = {"swarm_still", "swarm_listening"}

# What somebody who waits for a swarm may have heard last; the keys are the same after each of them.
WAITING = "waiting"
WAITING_PROMPTS = {*ROUNDS, "swarm_opened", "swarm_opened_one", "swarm_keys"}
