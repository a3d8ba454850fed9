"""What a therapist is told of where things stand, and the reasons that are theirs to give."""

from collections.abc import Mapping
from types import MappingProxyType

STATUS: Mapping[str, str] = MappingProxyType(
    {
        "requested": "They ask for you, and wait for your answer.",
        "active": "You work together.",
        "declined": "You could not take them on.",
        "expired": "The time for your answer passed.",
        "withdrawn": "The request was taken back.",
        "ended": "You no longer work together.",
    }
)

DECLINES: Mapping[str, str] = MappingProxyType(
    {
        "full": "I have no room after all",
        "scope": "It is outside what I work with",
        "conflict": "We know each other from elsewhere",
        "schedule": "Our times do not fit",
        "payer": "I cannot bill who pays",
        "other": "Another reason",
    }
)

# Whether the two fit, and whether it was safe, is the client's to say.
ENDS: Mapping[str, str] = MappingProxyType(
    {
        "": "I would rather not say",
        "goals_met": "They have reached what they came for",
        "paused": "They want to pause",
        "moved": "They have moved away",
        "therapist_left": "I am leaving",
        "therapist_advised": "I advised them to see somebody else",
        "conflict": "We know each other from elsewhere",
        "schedule": "Our times do not fit any more",
        "payer": "I cannot bill who pays",
        "cost": "It costs them too much",
        "location": "It is too far for them",
        "format": "They would like to meet in another way",
        "connection": "The connection is too poor",
        "access": "They cannot get in or take part",
        "cancellations": "Too many sessions are cancelled",
        "second_opinion": "They would like a second opinion",
        "other": "Another reason",
    }
)
