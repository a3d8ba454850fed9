"""Words for raising a matter with the current therapist: offered beside the alternative, no more.

Feedback lets a therapist adjust, and talking about what went wrong can mend it. After anything
unsafe nobody is sent back to talk.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

# What a client could say, by reason.
SAYINGS: Mapping[str, str] = MappingProxyType(
    {
        "leads_too_much": "I would like to lead more in our sessions.",
        "leads_too_little": "I would like you to lead more.",
        "too_intense": "It gets too much for me at times. I would like to go more slowly.",
        "too_reserved": "I would like to go deeper into what I feel.",
        "past_too_much": "I would like to talk more about my life now.",
        "past_too_little": "I would like to talk more about my past.",
        "too_blunt": "Some of what you say feels harsh to me. I need more warmth.",
        "too_soft": "I would like you to push me more.",
        "trust": "I find it hard to be open here, and I would like that to change.",
        "not_heard": "I do not always feel that you hear me.",
        "judged": "At times I feel judged.",
        "no_click": "I am not sure that we fit, and I would like to talk about it.",
        "cant_speak_up": "It is hard for me to tell you when something is wrong.",
        "goals": "I would like to work on what matters most to me.",
        "modality": "I would like to try another way of working.",
        "needs": "I am not sure that you know enough about what I bring.",
        "no_progress": "I feel that nothing is changing.",
        "specialist_advised": "I was told to see a specialist. What do you think?",
        "culture": "I wish that you knew more about where I come from.",
        "gender": "I wonder if I could be more open with someone of another gender.",
        "language": "I would find it easier to speak another language.",
        "schedule": "Our times do not work for me. Could we find others?",
        "cost": "It costs more than I can pay. Is there another way?",
        "payer": "My insurance does not cover this. What could we do?",
        "location": "The way to you is too far. Could we meet from home at times?",
        "format": "I would like us to meet in another way.",
        "connection": "The connection is too poor. Could we meet in another way?",
        "access": "I need help to get in or take part.",
        "cancellations": "Too many of our sessions are cancelled. I need to know they will happen.",
    }
)

# Reasons after which nobody should be sent back to talk, or nobody is there to talk with.
UNREPAIRED = frozenset(
    {"unsafe", "boundary", "discrimination", "therapist_left", "therapist_advised", "conflict"}
)

_FIRST = "If you like, you can talk with your therapist first."
_GENERAL = f"{_FIRST} You could say: “I am thinking of a change, and I want to tell you why.”"
_LAST = "You do not have to. Your new list is here either way."

# More at once is not a talk that anybody can have.
MOST = 3


def repair_words(reasons: Sequence[str]) -> str | None:
    """What could be said about these reasons, the first MOST of them; None where nothing should be.

    Without a reason that there are words for it is general.
    """
    if UNREPAIRED.intersection(reasons):
        return None
    said = [f"“{SAYINGS[code]}”" for code in reasons if code in SAYINGS][:MOST]
    if not said:
        return f"{_GENERAL} {_LAST}"
    return f"{_FIRST} You could say: {' And: '.join(said)} {_LAST}"
