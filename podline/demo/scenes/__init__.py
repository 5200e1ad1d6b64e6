"""The scenes in the order in which they are played, one file each."""

from podline.demo.scene import Scene
from podline.demo.scenes import (
    both_sides,
    call_back_kept,
    clocks_go_back,
    closes_a_matter,
    first_accepts,
    french_all_the_way,
    key_three,
    menu_published,
    nobody_on_shift,
    owner_first,
    promised_while_waiting,
    second_accepts,
    six_at_once,
    spelled_on_the_keys,
    swarm_goes_on,
    voicemail_is_no_person,
    which_taber,
)

SCENES: tuple[Scene, ...] = (
    first_accepts.SCENE,
    second_accepts.SCENE,
    owner_first.SCENE,
    closes_a_matter.SCENE,
    voicemail_is_no_person.SCENE,
    french_all_the_way.SCENE,
    which_taber.SCENE,
    spelled_on_the_keys.SCENE,
    both_sides.SCENE,
    nobody_on_shift.SCENE,
    call_back_kept.SCENE,
    key_three.SCENE,
    swarm_goes_on.SCENE,
    promised_while_waiting.SCENE,
    six_at_once.SCENE,
    clocks_go_back.SCENE,
    menu_published.SCENE,
)
