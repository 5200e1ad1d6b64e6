"""What nobody outside Twilio knows for certain, one switch each (twilio.md 9). A service must work with every
setting; the first value of each type is the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Switches:
    dial_action_on_caller_hangup: Literal["sent", "not sent"] = "sent"
    child_status_on_caller_hangup: Literal["canceled", "no-answer"] = "canceled"
    sibling_status: Literal["canceled", "no-answer"] = "canceled"
    screening_reject_status: Literal["completed", "no-answer"] = "completed"
    no_answer_has_duration: Literal["absent", "0"] = "absent"
    ringing_event: Literal["sent", "missing"] = "sent"
    status_callback_order: Literal["in order", "shuffled", "delayed", "duplicated", "lost"] = "in order"
    webhook_duplicate: Literal["none", "overlapping"] = "none"
    participant_join_before_answer: Literal["no", "yes"] = "no"
    conference_start_before_second_join: Literal["no", "yes"] = "no"
    conference_rest_lag: Literal["0 s", "2 s"] = "0 s"
    empty_gather_params: Literal["absent", "empty"] = "absent"
    withheld_form: Literal["anonymous", "keypad", "empty"] = "anonymous"
    unanswered_parent_final: Literal["no-answer", "canceled", "completed"] = "no-answer"
    rest_redirect_dial_action: Literal["not sent", "sent"] = "not sent"
    rest_error: Literal["none", "429", "500", "timeout after the effect"] = "none"
    unknown_parameter: Literal["none", "NewParam"] = "none"

    # How far a switch goes, not what Twilio does.
    lost_share: float = 1.0  # of the status callbacks, when they are lost
    rest_error_times: int = 1  # REST requests that fail before the next succeed; 0 is all of them
