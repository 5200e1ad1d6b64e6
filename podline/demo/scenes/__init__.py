"""The scenes in the order in which they are played, one file each."""

from podline.demo.scene import Scene
from podline.demo.scenes import first_accepts, nobody_on_shift, second_accepts, six_at_once, voicemail_is_no_person

SCENES: tuple[Scene, ...] = (
    first_accepts.SCENE,
    second_accepts.SCENE,
    voicemail_is_no_person.SCENE,
    nobody_on_shift.SCENE,
    six_at_once.SCENE,
)
