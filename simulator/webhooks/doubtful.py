"""Parameters that somebody has seen, or nobody (twilio.md 1.3 and 1.5: [F], unverified): a service must do without
(switch doubtful_parameters)."""

from __future__ import annotations

_OF_STATUS = {"Duration", "SipResponseCode", "ErrorCode", "ErrorMessage", "QueueTime"}
_OF_DOCUMENTS = {
    "FinishedOnKey", "msg", "DequeueResult", "DequeuedCallSid", "DequeuedCallQueueTime", "DequeuedCallDuration",
}  # fmt: skip


def without_doubtful(kind: str, params: dict[str, str]) -> dict[str, str]:
    """`kind`: see webhooks.Kind."""
    doubtful = _OF_STATUS if kind == "status" else _OF_DOCUMENTS if kind == "twiml" else set()
    if kind == "twiml" and "RecordingDuration" in params:  # a Record's action
        doubtful = doubtful | {"RecordingSid"}
    return {name: value for name, value in params.items() if name not in doubtful}
