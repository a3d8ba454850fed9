"""What is kept of an intake: the same bytes for the same words, and the same intake again."""

import json
from typing import Any

from hypothesis import given

from api.intake.schemas import PreferencesIn
from api.intake.wishes import engine_wishes, intake_of_wishes, wishes_to_keep
from matching.intake import Intake
from tests.factories.ratings import rating_row, rating_rows

PREFERENCES: dict[str, Any] = rating_row()["preferences"]


def digest(preferences: dict[str, Any], needs: list[str]) -> bytes:
    kept = wishes_to_keep(PreferencesIn.model_validate(preferences), needs)
    assert kept is not None
    return kept.digest


@given(rating_rows())
def test_what_is_kept_gives_the_same_wishes_again(row: dict[str, Any]) -> None:
    preferences = PreferencesIn.model_validate(row.get("preferences", {}))
    needs = row.get("needs", [])
    kept = wishes_to_keep(preferences, needs)
    asked = Intake(**engine_wishes(preferences), needs=tuple(dict.fromkeys(needs)))
    assert (asked == Intake()) >= (kept is None)
    if kept is not None:
        again = intake_of_wishes(json.loads(json.dumps(kept.document)))
        for name in ("gender", "culture", "language", "modality", "format", "schedule", "style"):
            first, second = getattr(asked, name), getattr(again, name)
            assert first == second or not (first.asked or second.asked)
        assert again.needs == asked.needs


def test_an_intake_that_says_nothing_is_not_kept() -> None:
    assert wishes_to_keep(PreferencesIn(), []) is None
    unsaid = {"gender": {"any_of": []}, "communication_style": {"importance": "strong"}}
    assert wishes_to_keep(PreferencesIn.model_validate(unsaid), []) is None


def test_ways_of_saying_the_same_give_the_same_bytes() -> None:
    same = digest({"gender": {"any_of": ["woman"]}}, ["grief"])
    assert digest({"gender": {"importance": "some", "any_of": ["woman"]}}, ["grief"]) == same
    spelt_out = {
        "culture": {"any_of": []},
        "communication_style": {"warm_support": None},
        "gender": {"any_of": ["woman", "woman"]},
    }
    assert digest(spelt_out, ["grief", "grief"]) == same


def test_every_part_of_an_intake_counts() -> None:
    whole = digest(PREFERENCES, ["grief"])
    others = [digest({**PREFERENCES, name: {}}, ["grief"]) for name in PREFERENCES]
    others += [digest(PREFERENCES, []), digest(PREFERENCES, ["anxiety"])]
    style = {"warm_support": 0.6, "importance": "some"}
    others.append(digest({**PREFERENCES, "communication_style": style}, ["grief"]))
    assert len({whole, *others}) == len(others) + 1
