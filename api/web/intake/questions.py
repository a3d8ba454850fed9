"""The questions of the intake, in plain words: what each asks, why, and what may be answered.

An answer is kept under the question's key: codes for `some` and `one`, a step for `between`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

# Between two ways: from much more of the first to much more of the second, as values of an axis.
# The strongest step is 0.8: few who choose "much more" mean the utmost.
BETWEEN: Mapping[str, float] = MappingProxyType(
    {"first_much": 0.8, "first_some": 0.4, "second_some": -0.4, "second_much": -0.8}
)

IMPORTANCE: Sequence[tuple[str, str, str]] = (
    ("some", "It would be nice", ""),
    ("strong", "It matters a lot", ""),
    ("must", "I need it", "You only see people who fit this."),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One page of the intake; `name` says what it is about in a word or two.

    `facets` name the vocabulary that the choices come from; where that is empty, the question is
    not asked. `ways` are the two described ways of a `between` question. Where `weighed`, the page
    also asks how much it matters. An `optional` one is asked of who says that it matters.
    """

    key: str
    kind: Literal["some", "one", "between", "weight", "topics", "review"]
    name: str
    title: str
    why: str
    facets: tuple[str, ...] = ()
    ways: tuple[str, str] = ("", "")
    weighed: bool = False
    optional: bool = False


QUESTIONS: tuple[Question, ...] = (
    Question(
        "needs",
        "some",
        "Help with",
        "What would you like help with?",
        "We look for people who work with it. Choose as many as you like.",
        ("needs",),
    ),
    Question(
        "lead",
        "between",
        "Who leads",
        "Who should lead the session?",
        "We look for somebody whose way is close to yours.",
        ways=(
            "They lead: they set goals and give me things to try",
            "I lead: they follow what I bring",
        ),
    ),
    Question(
        "warmth",
        "between",
        "Gentle or challenging",
        "Gentle, or more of a challenge?",
        "Some people open up to kindness. Others like a push.",
        ways=(
            "Gentle: they support me and go easy",
            "Challenging: they say what they see, even if it is hard",
        ),
    ),
    Question(
        "feelings",
        "between",
        "Strong feelings",
        "How much should you go into strong feelings?",
        "Some therapists go deep. Others keep things calm.",
        ways=("Deep: we stay with strong feelings", "Calm: it does not get too emotional"),
    ),
    Question(
        "time",
        "between",
        "Past or present",
        "Past or present?",
        "Some look at where things come from. Others look at life now.",
        ways=("Past: where it comes from, my childhood", "Present: my life now, and what is next"),
    ),
    Question(
        "style_weight",
        "weight",
        "How much the way of working counts",
        "How much does the way of working matter to you?",
        "You told us how you like to work. Say how much that counts.",
    ),
    Question(
        "topics",
        "topics",
        "What else matters",
        "What else matters to you?",
        "We only ask about what you choose.",
    ),
    Question(
        "gender",
        "some",
        "Gender of the therapist",
        "Is there a gender you would feel more at ease with?",
        "Some things are easier to say to somebody of a certain gender.",
        ("genders",),
        weighed=True,
        optional=True,
    ),
    Question(
        "culture",
        "some",
        "Culture, faith or community",
        "Should they share or know your background?",
        "They may be part of it, or have worked with it a lot. We never guess yours.",
        ("communities", "cultures"),
        weighed=True,
        optional=True,
    ),
    Question(
        "language",
        "some",
        "Language",
        "Which languages could you talk in?",
        "Feelings are easier to say in the language that they come in.",
        ("languages",),
        weighed=True,
        optional=True,
    ),
    Question(
        "modality",
        "some",
        "Kind of therapy",
        "Is there a kind of therapy you would like?",
        "You do not have to know any of these. A therapist can explain what they do.",
        ("modalities",),
        weighed=True,
        optional=True,
    ),
    Question(
        "format",
        "some",
        "In person, video or phone",
        "How would you like to meet?",
        "Not every therapist offers every way to meet.",
        ("formats",),
        weighed=True,
        optional=True,
    ),
    Question(
        "schedule",
        "some",
        "Days and times",
        "When could you meet?",
        "The more times you choose, the more people you can choose from.",
        ("schedule",),
        weighed=True,
        optional=True,
    ),
    Question(
        "access",
        "some",
        "Access needs",
        "Is there anything you need to take part?",
        "You only see people who have what you choose here.",
        ("access",),
        optional=True,
    ),
    Question(
        "service",
        "one",
        "Alone, or with others",
        "Who is the therapy for?",
        "Some therapists see people alone. Others see couples, families or groups.",
        ("services",),
        optional=True,
    ),
    Question(
        "age_group",
        "one",
        "Age of the person who comes",
        "How old is the person who comes?",
        "Some therapists only see people of a certain age.",
        ("age_groups",),
        optional=True,
    ),
    Question(
        "place",
        "one",
        "Where I will be",
        "Where will you be during the sessions?",
        "A therapist needs a licence for the place where you are.",
        ("places",),
    ),
    Question(
        "payment",
        "one",
        "Payment",
        "How will you pay?",
        "We leave out people who said that they cannot take it.",
        ("payers",),
    ),
    Question(
        "review",
        "review",
        "Help from the clinic",
        "Would you like help from somebody at the clinic?",
        "Please say yes if you are under 18, or if somebody told you to come.",
    ),
)
BY_KEY: Mapping[str, Question] = MappingProxyType({one.key: one for one in QUESTIONS})

REVIEW: Sequence[tuple[str, str]] = (
    ("no", "No, I would like to choose by myself"),
    ("help", "Yes, please help me choose"),
    ("unsafe", "Yes: I do not feel safe right now"),
)

# The axis that each `between` question asks about, towards its first way.
AXES: Mapping[str, str] = MappingProxyType(
    {
        "lead": "therapist_directiveness",
        "warmth": "warm_support",
        "feelings": "emotional_intensity",
        "time": "past_orientation",
    }
)


def after(
    key: str, answers: Mapping[str, object], without: Collection[str] = frozenset()
) -> str | None:
    """The key of the question that follows, None after the last."""
    return _next(key, QUESTIONS, answers, without)


def before(
    key: str, answers: Mapping[str, object], without: Collection[str] = frozenset()
) -> str | None:
    """The key of the question before, None before the first."""
    return _next(key, QUESTIONS[::-1], answers, without)


def asked(answers: Mapping[str, object], without: Collection[str] = frozenset()) -> list[str]:
    """The keys of what is asked of who gave these answers, in order.

    How much the way of working matters is asked of who said something about it, and what is
    optional of who chose it among the topics, or answered it; what is `without`, of nobody.
    """
    styled = any(axis in answers for axis in AXES)
    topics = answers.get("topics", ())
    chosen = topics if isinstance(topics, Collection) else ()
    return [
        one.key
        for one in QUESTIONS
        if one.key not in without
        and (one.key != "style_weight" or styled)
        and (not one.optional or one.key in chosen or one.key in answers)
    ]


def _next(
    key: str,
    questions: Sequence[Question],
    answers: Mapping[str, object],
    without: Collection[str],
) -> str | None:
    """The next that is asked behind a question, which may be asked or not."""
    wanted = set(asked(answers, without))
    keys = [one.key for one in questions]
    return next((one for one in keys[keys.index(key) + 1 :] if one in wanted), None)
