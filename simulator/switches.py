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
    early_keys: Literal["lost", "buffered"] = "lost"
    call_status_before_bridge: Literal["ringing", "in-progress"] = "ringing"
    second_answer_on_bridge: Literal["keeps ringing", "answers"] = "keeps ringing"
    pause_before_answer: Literal["delays the answer", "answers"] = "delays the answer"
    mixed_failure_status: Literal["of the last", "of the first"] = "of the last"
    unanswered_dial_call_sid: Literal["of the last", "of the first", "absent"] = "of the last"
    refused_number_has_child: Literal["yes", "no"] = "yes"
    failed_screening_in_sequence: Literal["ends the Dial", "rings the next"] = "ends the Dial"
    screening_failure: Literal["hangs up", "asks the fallback"] = "hangs up"
    gather_action_on_hangup: Literal["not sent", "sent"] = "not sent"
    dial_bridged_after_conference: Literal["absent", "sent"] = "absent"
    conference_url_names_it: Literal["no", "yes"] = "no"
    silent_record: Literal["asks its action", "falls through"] = "asks its action"
    idempotency_token: Literal["always", "with retries"] = "always"
    french_opt_out_words: Literal["no", "yes"] = "no"
    doubtful_parameters: Literal["sent", "not sent"] = "sent"
    hang_up_in_beep: Literal["asks nothing", "asks the action"] = "asks nothing"

    # How far a switch goes, not what Twilio does.
    lost_share: float = 1.0  # of the status callbacks, when they are lost
    rest_error_times: int = 1  # REST requests that fail before the next succeed; 0 is all of them
