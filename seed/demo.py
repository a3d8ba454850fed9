"""The request that the demo clinic shows: an ordinary one, answered by several who differ."""

# The default clinic has seven eligible therapists for it: some meet the methods, some the style,
# one both needs, one was named by a friend, and one leaves the style blank.
DEMO_REQUEST: dict[str, object] = {
    "client": {"reference": "demo-1"},
    "preferences": {
        "communication_style": {
            "warm_support": 0.6,
            "therapist_directiveness": -0.2,
            "emotional_intensity": 0.0,
            "past_orientation": None,
            "importance": "strong",
        },
        "gender": {"any_of": ["woman", "non_binary"], "importance": "must"},
        "culture": {"any_of": ["latine"], "importance": "some"},
        "language": {"any_of": ["es"], "importance": "must"},
        "modality": {"any_of": ["cbt", "act"], "importance": "some"},
        "format": {"any_of": ["video"], "importance": "strong"},
        "schedule": {"any_of": ["tue_evening", "thu_afternoon"], "importance": "some"},
    },
    "needs": ["anxiety", "grief"],
    "service": "individual",
    "age_group": "adult",
    "jurisdiction": "US-CA",
    "payer": "aetna",
    "accepts_associate": "yes",
    "referred_to": ["t-47"],
    "exclude_therapists": ["t-4"],
    "consent": {"learning": False},
    "staff_review": False,
    "limit": 3,
}
