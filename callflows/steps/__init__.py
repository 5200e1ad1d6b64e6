"""The kinds of steps, one file each: fields, check, what entering it does and what it makes of what follows, words.

A new kind is a file here and a line below; its sentences belong in `languages/`, its page in docs/flows.md.
"""

from callflows.step import Step
from callflows.steps.ask import AskStep
from callflows.steps.branch import BranchStep
from callflows.steps.call_back import CallBackStep
from callflows.steps.hang_up import HangUpStep
from callflows.steps.hours import HoursStep
from callflows.steps.identify import IdentifyStep
from callflows.steps.keyword import KeywordStep
from callflows.steps.language import LanguageStep
from callflows.steps.menu import MenuStep
from callflows.steps.reply import ReplyStep
from callflows.steps.ring import RingStep
from callflows.steps.route import RouteStep
from callflows.steps.say import SayStep
from callflows.steps.swarm import SwarmStep
from callflows.steps.transfer import TransferStep
from callflows.steps.voicemail import VoicemailStep

AnyStep = (
    SayStep
    | MenuStep
    | IdentifyStep
    | HoursStep
    | BranchStep
    | RingStep
    | SwarmStep
    | VoicemailStep
    | CallBackStep
    | LanguageStep
    | TransferStep
    | HangUpStep
    | ReplyStep
    | KeywordStep
    | AskStep
    | RouteStep
)
KINDS: dict[str, type[Step]] = {
    kind.model_fields["step"].default: kind
    for kind in (
        SayStep,
        MenuStep,
        IdentifyStep,
        HoursStep,
        BranchStep,
        RingStep,
        SwarmStep,
        VoicemailStep,
        CallBackStep,
        LanguageStep,
        TransferStep,
        HangUpStep,
        ReplyStep,
        KeywordStep,
        AskStep,
        RouteStep,
    )
}
