"""What a client is told of where things stand, and what they are asked about a session."""

from collections.abc import Mapping
from types import MappingProxyType

LIVE = frozenset({"offered", "awaiting_staff", "requested", "active"})
# While one of these stands, nobody else needs to be chosen.
SOUGHT = frozenset({"awaiting_staff", "requested", "active"})

STATUS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "offered": ("A place is held for you", "Say whether you would like it before it goes on."),
        "awaiting_staff": (
            "The clinic is looking at your choice",
            "Look here again to see what comes of it.",
        ),
        "requested": (
            "We have asked them",
            "Your place is held until they answer. We send no messages: look here again.",
        ),
        "active": ("You work together", "Tell us after a session how it went, if you like."),
        "declined": (
            "They cannot take you on now",
            "That says nothing about you. See who else fits.",
        ),
        "expired": ("They did not answer in time", "Your place is free again. See who else fits."),
        "withdrawn": ("The place was given back", "You can choose somebody else at any time."),
        "ended": ("This has ended", "You can look for somebody else at any time."),
    }
)

# Each item of a fit rating, said by the client of the session: 0 not at all, 10 completely.
ITEMS: Mapping[str, str] = MappingProxyType(
    {
        "trust": "I can be honest here, even about hard things",
        "safe": "I feel at ease in our sessions",
        "heard": "They understand me and take it seriously",
        "goals": "We work on what matters to me",
        "can_speak_up": "I could say that something is wrong",
        "collaboration": "We decide together how to work",
        "approach": "This way of working suits me",
        "feedback": "What they tell me is useful",
        "cultural_respect": "They respect who I am and where I come from",
        "non_judgement": "I do not feel judged",
        "consistency": "I can rely on our sessions happening",
        "progress": "Things are moving my way",
        "carry_over": "I use this outside our sessions",
        "connection_quality": "The line worked well",
        "privacy": "I could talk in private",
        "overall": "All in all, how did it go?",
    }
)

STYLE: Mapping[str, str] = MappingProxyType(
    {
        "therapist_directiveness": "How much they lead",
        "warm_support": "How gentle they are",
        "emotional_intensity": "How much we go into strong feelings",
        "past_orientation": "How much we talk about the past",
    }
)

# The reasons for another therapist, in groups that read well on one page.
REASONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "How we work",
        (
            "leads_too_much",
            "leads_too_little",
            "too_intense",
            "too_reserved",
            "past_too_much",
            "past_too_little",
            "too_blunt",
            "too_soft",
            "goals",
            "modality",
            "needs",
            "no_progress",
        ),
    ),
    ("Between us", ("trust", "not_heard", "judged", "no_click", "cant_speak_up")),
    ("Who they are to me", ("culture", "gender", "language")),
    (
        "Practical things",
        (
            "schedule",
            "cost",
            "payer",
            "location",
            "format",
            "connection",
            "access",
            "cancellations",
        ),
    ),
    ("Something that should not happen", ("unsafe", "boundary", "discrimination")),
    (
        "Something else",
        ("specialist_advised", "therapist_advised", "therapist_left", "second_opinion", "other"),
    ),
)
