"""What a client reads of a changed query: plain words in the second person, one a change."""

from collections.abc import Mapping
from types import MappingProxyType

# By reason: what its own change of the request does.
TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "leads_too_much": "You said they lead too much. We now look for someone who lets you lead "
        "more.",
        "leads_too_little": "You said they lead too little. We now look for someone who leads "
        "more.",
        "too_intense": "You said it gets too emotional. We now look for someone who goes into "
        "feelings less.",
        "too_reserved": "You would like to go deeper into feelings. We now look for someone who "
        "does.",
        "past_too_much": "You said it is too much about the past. We now look for someone who "
        "works more on the here and now.",
        "past_too_little": "You said it is too little about the past. We now look for someone who "
        "works more on it.",
        "too_blunt": "You said they push you too hard. We now look for someone who is warmer.",
        "too_soft": "You said they do not push you enough. We now look for someone who pushes "
        "more.",
        "connection": "The connection was poor. We now look at the other ways to meet that suit "
        "you.",
    }
)

NO_LONGER_COUNTS = (
    "You said that this side of how they work does not matter. So it still does not count."
)

# By dimension: its wish has become strong.
IMPORTANCE_TEXT: Mapping[str, str] = MappingProxyType(
    {
        "communication_style": "How they work with you now matters more to us.",
        "culture": "That they know your culture or community now matters more to us.",
        "gender": "Their gender now matters more to us.",
        "language": "The language you speak with them now matters more to us.",
        "schedule": "The times that suit you now matter more to us.",
        "format": "How you want to meet now matters more to us.",
    }
)

# By part: it counts for more of the score.
EMPHASIS_TEXT: Mapping[str, str] = MappingProxyType(
    {
        "communication_style": "How they work with you counts for more in this list.",
        "communication_style.warm_support": "How warm they are counts for more in this list.",
        "communication_style.therapist_directiveness": "How much they lead counts for more in this "
        "list.",
        "communication_style.emotional_intensity": "How deep they go into feelings counts for more "
        "in this list.",
        "communication_style.past_orientation": "How much they work on the past counts for more in "
        "this list.",
        "expected_fit": "How well clients like you get on with them counts for more in this list.",
        "culture": "That they know your culture or community counts for more in this list.",
        "needs": "That they know what you want help with counts for more in this list.",
        "modality": "The way of working you asked for counts for more in this list.",
    }
)

OPPOSED = (
    "You named two reasons that pull in opposite ways. So we changed nothing there. "
    "Tell us which one it is, if you like."
)

_NEEDS = "We do not know yet what you want help with. Tell us, and we can look for it."

# By reason: what a change would need an answer for.
NOTES: Mapping[str, str] = MappingProxyType(
    {
        "culture": "We do not guess your background. Tell us which culture or community a "
        "therapist should know.",
        "gender": "Tell us which gender you would like. We do not guess it.",
        "language": "Tell us which language you would like to speak. We do not guess it.",
        "goals": _NEEDS,
        "needs": _NEEDS,
        "no_progress": _NEEDS,
        "specialist_advised": _NEEDS,
        "modality": "Tell us which way of working you would like to try.",
        "schedule": "Tell us which times work for you.",
        "format": "Tell us how you would like to meet.",
        "connection": "Tell us in which other way you could meet.",
        "location": "We do not know how far away people are. Tell us if you could meet from home.",
        "access": "Tell us what you need to get in or take part.",
        "payer": "Tell us who pays, and we look only at those who take it.",
        "cost": "We do not know what people charge. Ask the clinic what they can do.",
    }
)
