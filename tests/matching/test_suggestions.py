"""A suggestion brings back exactly as many as it says, and never asks to give up what matters."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.intake import AnyOf, Importance, Intake, StyleWish
from matching.profile import Licence
from matching.ranking import Suggestion
from matching.roster import Roster
from matching.suggestions import MOST
from tests.factories.matching import changed, profile, random_world, ranked

MUST = Importance.MUST
FIELDS = {"communication_style": "style", "accepts_associate": "accepts_associate"}


def made(intake: Intake, change: Suggestion) -> Intake:
    """The request with the suggested change made."""
    name = FIELDS.get(change.change, change.change)
    now = getattr(intake, name)
    value: Any = change.to
    if change.change == "payer":
        assert change.to == "none"
        value = None
    elif isinstance(now, AnyOf) and change.add:
        value = replace(now, codes=(*now.codes, change.add))
    elif isinstance(now, AnyOf | StyleWish):
        value = replace(now, importance=Importance(str(change.to)))
    return changed(intake, **{name: value})


@given(seed=st.integers(0, 2**32), size=st.integers(0, 60))
def test_the_gains_are_exactly_what_the_change_brings(seed: int, size: int) -> None:
    world = random_world(seed, size)
    before = world.ranked()
    for change in before.suggestions:
        after = replace(world, intake=made(world.intake, change)).ranked()
        assert after.eligible == before.eligible + change.gains
        assert change.gains > 0


@given(seed=st.integers(0, 2**32), size=st.integers(0, 60))
def test_only_what_may_be_given_up_is_suggested(seed: int, size: int) -> None:
    ranking = random_world(seed, size).ranked()
    gains = [change.gains for change in ranking.suggestions]
    assert len(gains) <= MOST
    assert gains == sorted(gains, reverse=True)
    for change in ranking.suggestions:
        assert (change.add is None) != (change.to is None)
        assert change.change in {
            "schedule",
            "format",
            "language",
            "modality",
            "communication_style",
            "payer",
            "accepts_associate",
        }


ASKED: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str | None, str | None]]]] = [
    (
        {"schedule": AnyOf(("tue_evening",), MUST)},
        {"schedule": ("thu_evening", "wed_morning")},
        [
            ("schedule", "thu_evening", None),
            ("schedule", "wed_morning", None),
            ("schedule", None, "strong"),
        ],
    ),
    (
        {"language": AnyOf(("es",), MUST)},
        {"languages": ("ZH-hant-tw",)},
        [("language", "zh-Hant-TW", None), ("language", None, "strong")],
    ),
    (
        {"format": AnyOf(("video",), MUST)},
        {"formats": ("in_person",)},
        [("format", "in_person", None), ("format", None, "strong")],
    ),
    (
        {"modality": AnyOf(("cbt",), MUST)},
        {"modalities": ("emdr",)},
        [("modality", "emdr", None), ("modality", None, "strong")],
    ),
    ({"modality": AnyOf(("cbt",), MUST)}, {}, [("modality", None, "strong")]),
    (
        {"style": StyleWish((1.0, None, None, None), MUST)},
        {"style": (-1.0, None, None, None)},
        [("communication_style", None, "strong")],
    ),
    ({"payer": "aetna"}, {"payers": ("cigna",)}, [("payer", None, "none")]),
    ({"accepts_associate": "no"}, {"associate": True}, [("accepts_associate", None, "yes")]),
    (
        {"accepts_associate": "no", "jurisdiction": "US-CA"},
        {"licences": (Licence("US-CA", "associate"),)},
        [("accepts_associate", None, "yes")],
    ),
    ({"gender": AnyOf(("woman",), MUST)}, {"gender": "man"}, []),
    ({"culture": AnyOf(("lgbtq",), MUST)}, {"communities": ("muslim",)}, []),
    ({"access": ("step_free",)}, {"access": ("parking",)}, []),
    ({"jurisdiction": "US-CA"}, {"licences": (Licence("US-NY"),)}, []),
    ({"age_group": "adult"}, {"age_groups": ("child",)}, []),
    ({"needs": ("grief",)}, {"out_of_scope": ("grief",)}, []),
    ({"service": "couple"}, {}, []),
    ({"exclude_therapists": ("t-0",)}, {}, []),
    # Two requirements failed: no single change would do.
    (
        {"payer": "aetna", "format": AnyOf(("video",), MUST)},
        {"payers": ("cigna",), "formats": ("phone",)},
        [],
    ),
]


@pytest.mark.parametrize(("ask", "fields", "expected"), ASKED)
def test_what_is_suggested_for_one_who_fails_one_thing(
    ask: dict[str, Any],
    fields: dict[str, Any],
    expected: list[tuple[str, str | None, str | None]],
) -> None:
    ranking = ranked(Roster.compile([profile(0, **fields)]), intake=Intake(**ask))
    assert ranking.eligible == 0
    changes = [(change.change, change.add, change.to) for change in ranking.suggestions]
    assert changes == expected


def test_nothing_is_suggested_where_enough_are_eligible() -> None:
    others = [profile(number, formats=("phone",)) for number in range(3)]
    asked = Intake(format=AnyOf(("video",), MUST), limit=1)

    few = Roster.compile([*others, *(profile(n, formats=("video",)) for n in (3, 4))])
    assert [change.gains for change in ranked(few, intake=asked).suggestions] == [3, 3]

    enough = few.updated([profile(5, formats=("video",))])
    assert ranked(enough, intake=asked).suggestions == ()
    assert ranked(enough, intake=changed(asked, limit=4)).suggestions != ()
