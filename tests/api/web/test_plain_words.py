"""What clients read is plain: eight years of school are enough for each page and each question.

Flesch and Kincaid's grade: 0.39 words a sentence + 11.8 syllables a word − 15.59 (Kincaid et al.,
1975). A heading, a choice or a button is a sentence of its own.
"""

import re

import pytest

from api.web.intake.answers import codes_of
from api.web.intake.questions import QUESTIONS
from matching.vocabulary import Vocabulary
from tests.factories.backends import ON_SQLITE_ALONE
from tests.factories.browsing import View
from tests.factories.clinics import ClinicApi
from tests.factories.pages import ENTRANCES, World, begun, client_of, intake, pages_of
from tests.factories.pairings import active, match_of, roster
from tests.factories.session_ratings import FALLING, series

HIGHEST_GRADE = 8
# Endings with a vowel that is not spoken.
_SILENT = re.compile(
    r"(?<![aeiouylr])e$|(?<=[aeiouyrlnkmpvgw])ed$|(?<=[^aeiouscxzgh])es$|(?<=re)s$"
    r"|(?<=som)e(?=[a-z])"
)


def syllables(word: str) -> int:
    spoken = _SILENT.sub("", word.lower())
    return max(len(re.findall("[aeiouy]+", spoken)), 1)


def grade(lines: list[str]) -> float:
    sentences = [
        words
        for line in lines
        for part in re.split(r"[.!?:;]+(?:\s|$)", line)
        if (words := re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", part))
    ]
    words = [word for sentence in sentences for word in sentence]
    spoken = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


@pytest.mark.parametrize(
    ("word", "count"),
    {
        "cat": 1, "table": 2, "asked": 1, "wanted": 2, "therapist": 3, "somebody": 3,
        "like": 1, "likes": 1, "people": 2, "answer": 2, "emergency": 4, "choices": 2,
    }.items(),
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_is_that_of_the_formula() -> None:
    # 5 words and 5 syllables in one sentence; 6 words and 22 syllables in another.
    assert grade(["The cat sat on mats."]) == pytest.approx(0.39 * 5 + 11.8 - 15.59)
    assert grade(["Institutional considerations necessitate extraordinary circumspection."]) > 30


def prose(view: View, labels: set[str]) -> list[str]:
    """The lines of a page without its choices, which are names of things as they are called."""
    return [line for line in view.lines if line not in labels]


@ON_SQLITE_ALONE
def test_each_question_is_plain(clinic: ClinicApi) -> None:
    clinic.add(reference="t-1", licences=["US-CA"], payers=["aetna"])
    clinic.add(reference="t-2", licences=["US-NY"])
    browser, _ = begun(clinic)
    hard = {}
    for question in QUESTIONS:
        view = browser.open(f"{intake(clinic)}/questions/{question.key}")
        labels = set(codes_of(question, Vocabulary.shared()).values())
        own = [question.name, question.title, question.why, *question.ways]
        for what, lines in {
            "page": prose(view, labels),
            "question": [one for one in own if one],
        }.items():
            if grade(lines) > HIGHEST_GRADE:
                hard[f"{question.key}: {what}"] = round(grade(lines), 1)
    assert hard == {}


@ON_SQLITE_ALONE
def test_each_page_of_a_client_is_plain(made: World) -> None:
    hard = {}
    for template, view in pages_of(made):
        theirs = template.startswith(("/intake", "/my")) or template in ENTRANCES
        if theirs and "console" not in template and grade(view.lines) > HIGHEST_GRADE:
            labels = set().union(
                *(codes_of(one, Vocabulary.shared()).values() for one in QUESTIONS)
            )
            if grade(prose(view, labels)) > HIGHEST_GRADE:
                hard[template] = round(grade(prose(view, labels)), 1)
    assert hard == {}


@ON_SQLITE_ALONE
def test_what_a_client_is_told_after_something_was_done_is_plain(clinic: ClinicApi) -> None:
    ids = roster(clinic, 3)
    style = {"communication_style": {"therapist_directiveness": 0.4}}
    match = match_of(clinic, "c-1", preferences=style, needs=["anxiety"])
    pairing = active(clinic, match, ids[0])
    series(clinic, pairing, FALLING[:-1])
    browser = client_of(clinic, pairing["client"]["id"])
    rate = browser.open(f"/my/pairings/{pairing['id']}/rate")
    change = browser.open(f"/my/pairings/{pairing['id']}/change")
    seen = {
        "rated": browser.press(rate, "Send", trust="3", safe="3", heard="3", goals="3"),
        "home": browser.open("/my"),
        "two ways": browser.press(change, "Go on", reason=["leads_too_much"]),
        "nothing answered": browser.press(rate, "Send"),
        "sure": browser.press(browser.open("/my/data"), "Delete my data"),
        "over": browser.press(browser.open("/my/link/wrong"), "Open my page"),
        "nowhere": browser.open(f"/my/matches/{pairing['id']}"),
    }
    seen["new list"] = browser.open(seen["two ways"].link("See other therapists"))
    seen["unsafe"] = browser.press(change, "Go on", reason=["unsafe"])
    hard = {name: round(grade(view.lines), 1) for name, view in seen.items()}
    assert {name: value for name, value in hard.items() if value > HIGHEST_GRADE} == {}
