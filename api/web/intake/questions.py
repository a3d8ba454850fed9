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
    ("some", "It would be nice", "We look for it, but other things count as well."),
    ("strong", "It matters a lot", "It counts about twice as much as most other answers."),
    ("must", "I need it", "We will only show you people who fit this."),
)


@dataclass(frozen=True, slots=True)
class Question:
    """One page of the intake.

    `facets` name the vocabulary that the choices come from; where that is empty, the question is
    not asked. `ways` are the two described ways of a `between` question. Where `weighed`, the page
    also asks how much it matters.
    """

    key: str
    kind: Literal["some", "one", "between", "weight", "review"]
    title: str
    why: str
    facets: tuple[str, ...] = ()
    ways: tuple[str, str] = ("", "")
    weighed: bool = False
    hint: str = ""


QUESTIONS: tuple[Question, ...] = (
    Question(
        "needs",
        "some",
        "What would you like help with?",
        "Some therapists know more about some things. We look for people who work with what you"
        " choose. Choose as many as you like.",
        ("needs",),
    ),
    Question(
        "lead",
        "between",
        "Who should lead the session?",
        "People like different ways of working. We look for somebody whose way is close to yours.",
        ways=(
            "They take the lead: they set goals, ask questions and give me things to try",
            "I take the lead: they follow what I bring and give me room",
        ),
    ),
    Question(
        "warmth",
        "between",
        "Gentle, or more of a challenge?",
        "Some people open up when somebody is gentle. Others like to be pushed a little.",
        ways=(
            "Warm and gentle: they support me and are kind about what is hard",
            "Direct and challenging: they tell me what they see, also when it is hard to hear",
        ),
    ),
    Question(
        "feelings",
        "between",
        "How much should you go into strong feelings?",
        "Some therapists help you go deep into feelings. Others keep things calm.",
        ways=(
            "Go into strong feelings and stay with them",
            "Stay calm and not get too emotional",
        ),
    ),
    Question(
        "time",
        "between",
        "Past or present?",
        "Some therapists look at where things come from. Others look at life now.",
        ways=("Talk about my past and my childhood", "Talk about my life now and what comes next"),
    ),
    Question(
        "style_weight",
        "weight",
        "How much does the way of working matter to you?",
        "You told us how you would like a therapist to work. This says how much that should count.",
    ),
    Question(
        "gender",
        "some",
        "Is there a gender you would feel more at ease with?",
        "Many people find it easier to talk to somebody of a certain gender. It is fine if you do"
        " not mind.",
        ("genders",),
        weighed=True,
    ),
    Question(
        "culture",
        "some",
        "Should they share or know your background?",
        "It can help when somebody knows your culture or community from within, or has worked with"
        " it a lot. We never guess your background.",
        ("communities", "cultures"),
        weighed=True,
    ),
    Question(
        "language",
        "some",
        "Which languages could you talk in?",
        "Feelings are easier to say in the language that they come in.",
        ("languages",),
        weighed=True,
    ),
    Question(
        "modality",
        "some",
        "Is there a kind of therapy you would like?",
        "You do not have to know any of these. Skip this if you are not sure: a therapist can"
        " explain what they do.",
        ("modalities",),
        weighed=True,
    ),
    Question(
        "format",
        "some",
        "How would you like to meet?",
        "Not every therapist offers every way to meet.",
        ("formats",),
        weighed=True,
    ),
    Question(
        "schedule",
        "some",
        "When could you meet?",
        "The more times you choose, the more people you can choose from.",
        ("schedule",),
        weighed=True,
    ),
    Question(
        "access",
        "some",
        "Is there anything you need to take part?",
        "We only show you people who have what you choose here.",
        ("access",),
    ),
    Question(
        "service",
        "one",
        "Who is the therapy for?",
        "Some therapists see people alone, others see couples, families or groups.",
        ("services",),
    ),
    Question(
        "age_group",
        "one",
        "How old is the person who comes?",
        "Some therapists only see people of a certain age.",
        ("age_groups",),
    ),
    Question(
        "place",
        "one",
        "Where will you be during the sessions?",
        "A therapist may only work with you if they have a licence for the place where you are. We"
        " show you people who may see you there.",
        ("places",),
    ),
    Question(
        "payment",
        "one",
        "How will you pay?",
        "Some therapists can bill your insurance, and some cannot. We leave out people who told us"
        " that they cannot take what you choose.",
        ("payers",),
    ),
    Question(
        "review",
        "review",
        "Would you like somebody from the clinic to look at this with you?",
        "A person can help you choose. If you are not safe, if you are under 18, or if somebody has"
        " told you to come, we would like a person to look at it first.",
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
    """The key of the question that follows, None after the last.

    How much the way of working matters is asked only of who said something about it; what is
    `without` is asked of nobody at this clinic.
    """
    keys = [one.key for one in QUESTIONS]
    return _first(keys[keys.index(key) + 1 :], answers, without)


def before(
    key: str, answers: Mapping[str, object], without: Collection[str] = frozenset()
) -> str | None:
    """The key of the question before, None before the first."""
    keys = [one.key for one in QUESTIONS]
    return _first(keys[: keys.index(key)][::-1], answers, without)


def _first(
    keys: Sequence[str], answers: Mapping[str, object], without: Collection[str]
) -> str | None:
    styled = any(axis in answers for axis in AXES)
    for key in keys:
        if key not in without and (styled or key != "style_weight"):
            return key
    return None
