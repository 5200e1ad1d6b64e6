"""What is walked: the flows of calls, and those of texts."""

from collections.abc import Mapping

from tests.walk.faults import FAULTS
from tests.walk.invariants import broken
from tests.walk.journeys import WAYS, journeys
from tests.walk.play import Walk, passed, told
from tests.walk.texts.faults import FAULTS as TEXT_FAULTS
from tests.walk.texts.invariants import broken as text_broken
from tests.walk.texts.journeys import WAYS as TEXT_WAYS
from tests.walk.texts.journeys import journeys as text_journeys
from tests.walk.texts.play import Correspondence
from tests.walk.texts.play import passed as text_passed
from tests.walk.texts.play import told as text_told
from tests.walk.texts.town import town as text_town
from tests.walk.town import town
from tests.walk.walking import Trail

CALLS = Trail(town, Walk, WAYS, journeys, FAULTS, told, passed, broken)
TEXTS = Trail(text_town, Correspondence, TEXT_WAYS, text_journeys, TEXT_FAULTS, text_told, text_passed, text_broken)
TRAILS: Mapping[str, Trail] = {"voice": CALLS, "text": TEXTS}
