"""A match in the console: whose it is, what they asked for, and why others could not be shown."""

import pytest

from api.auth.roles import Role
from api.web.console.reasons import reason_words
from matching.eligibility import REASONS
from tests.factories.clinics import ClinicApi
from tests.factories.pages import console
from tests.factories.pairings import match_of

WISHES = {
    "format": {"any_of": ["video"], "importance": "must"},
    "language": {"any_of": ["es-MX"], "importance": "strong"},
    "communication_style": {"warm_support": 0.8, "therapist_directiveness": -0.3},
}
ASKED = (
    ["What they asked for"],
    ["Help with", "Anxiety"],
    ["Way of working", "Is gentle; follows, a little", "Counts"],
    ["Language", "Spanish (es-MX)", "Counts a lot"],
    ["How they meet", "By video", "A must"],
    ["Pays with", "aetna", "A must"],
)


def test_staff_see_whose_match_it_is_and_what_they_asked_for(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", name="Ana Reyes", formats=["video"])
    match = match_of(clinic, "c-1", needs=["anxiety"], payer="aetna", preferences=WISHES)
    view = console(clinic, Role.STAFF).open(f"/console/matches/{match['id']}")
    assert view.link("client c-1").startswith("/console/clients/")
    for cells in ASKED:
        assert "\n".join(cells) in view.text, cells
    assert "c-1" not in view.title
    assert "Lives in" not in view.text


def test_an_auditor_sees_neither(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", formats=["video"])
    match = match_of(clinic, "c-1", payer="aetna", preferences=WISHES)
    view = console(clinic, Role.AUDITOR).open(f"/console/matches/{match['id']}")
    assert view.code == 200
    for words in ("c-1", "What they asked for", "aetna"):
        assert words not in view.text


def test_a_match_of_nobody_in_particular_says_what_was_asked(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1")
    view = console(clinic, Role.STAFF).open(f"/console/matches/{match_of(clinic, None)['id']}")
    assert "What they asked for" in view.text
    assert not any(href.startswith("/console/clients/") for href, _ in view.links)


def test_why_others_could_not_be_shown_is_said_in_words(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", active=False)
    clinic.add(reference="t-2", formats=["in_person"])
    match = match_of(clinic, "c-1", preferences=WISHES)
    view = console(clinic, Role.AUDITOR).open(f"/console/matches/{match['id']}")
    assert "1 × not with the clinic now" in view.text
    assert "1 × a requirement: format" in view.text


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_words(code: str) -> None:
    assert "_" not in reason_words(code)
    assert reason_words(code).startswith("a requirement: ") == code.startswith("must_")
