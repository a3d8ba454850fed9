"""The documents say what the code says: settings, routes, errors, reasons, samples, links."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from api.auth.roles import PUBLIC_ROUTES, ROLE_TABLE, markdown
from api.cli import cli
from api.http import errors
from api.importing.files import RecordFiles
from api.importing.outcome import Rejected, Skipped
from api.problems import Problem
from api.profiles.schemas import TherapistRow
from api.profiles.vocabulary_page import vocabulary_page
from api.ranking.schemas import MatchRequest
from api.ratings.files import RATING_FILES
from api.ratings.schemas import RatingRow
from api.roster.importers import THERAPIST_FILES
from api.settings import Settings
from api.store.clinic_settings import ClinicSettings
from matching.eligibility import REASONS
from matching.learning.ratings import ITEMS
from matching.vocabulary import DIMENSIONS, FACETS, Vocabulary

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md")) + [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
]
DECISIONS = sorted((DOCS / "adr").glob("[0-9]*.md"))
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CUT = "…"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(page: str) -> str:
    return (DOCS / page).read_text()


def prose_of(path: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", path.read_text())


def rows_of(text: str) -> list[list[str]]:
    """The cells of every row of every table, without code marks."""
    lines = (line for line in text.splitlines() if line.startswith("|"))
    return [[cell.strip().replace("`", "") for cell in line.split("|")[1:-1]] for line in lines]


def first_cells(page: str) -> set[str]:
    """What the rows of a page's tables are about; one row may be about several things."""
    return {name for row in rows_of(text_of(page)) for name in row[0].split(", ")}


def anchors_of(path: Path) -> set[str]:
    """The anchors of a page's headings, as they are made where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", prose_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def samples(page: str, language: str) -> list[str]:
    """The blocks of a language that are whole."""
    return [
        code for kind, code in FENCE.findall(text_of(page)) if kind == language and CUT not in code
    ]


def kinds_of_problem() -> Iterator[type[Problem]]:
    waiting = [Problem]
    while waiting:
        children = waiting.pop().__subclasses__()
        waiting += children
        yield from children


def commands(group: click.Group, before: str = "rapport") -> Iterator[str]:
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_every_setting_of_the_operator_is_documented(setting: str) -> None:
    assert f"RAPPORT_{setting.upper()}" in first_cells("operations.md")


def test_no_setting_is_documented_that_is_not_there() -> None:
    told = set(re.findall(r"RAPPORT_[A-Z_]+", text_of("operations.md")))
    assert told == {f"RAPPORT_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("setting", ClinicSettings.model_fields)
def test_every_setting_of_a_clinic_is_documented(setting: str) -> None:
    assert setting in first_cells("api.md")


def test_every_command_is_documented() -> None:
    told = " ".join(cell for row in rows_of(text_of("operations.md")) for cell in row)
    missing = [command for command in commands(cli) if command not in told]
    assert missing == []


def test_the_page_of_roles_says_what_the_role_table_says() -> None:
    assert text_of("roles.md") == markdown(), "run: .venv/bin/rapport docs roles > docs/roles.md"


def test_the_page_of_codes_says_what_the_vocabulary_says() -> None:
    said = text_of("vocabulary.md")
    assert said == vocabulary_page(), "run: .venv/bin/rapport docs vocabulary > docs/vocabulary.md"


@pytest.mark.parametrize("route", [*ROLE_TABLE, *sorted(PUBLIC_ROUTES)], ids=" ".join)
def test_every_route_is_documented(route: tuple[str, str]) -> None:
    assert f"`{' '.join(route)}`" in text_of("api.md")


def test_no_route_is_documented_that_is_not_there() -> None:
    told = re.findall(r"^#+ (.*`[A-Z]+ /.*)$", text_of("api.md"), re.MULTILINE)
    routes = {tuple(call.split()) for title in told for call in re.findall(r"`([^`]+)`", title)}
    assert routes
    assert routes <= set(ROLE_TABLE) | PUBLIC_ROUTES


def test_the_types_of_problems_are_exactly_those_documented() -> None:
    slugs = {kind.slug for kind in kinds_of_problem()}
    slugs |= {slug for slug, _, _ in errors._HTTP_DETAILS.values()} | {"http-error", "internal"}
    section = text_of("api.md").partition("## Errors")[2].partition("## Rank")[0]
    told = {row[0] for row in rows_of(section)[2:]}
    assert told == slugs


def test_the_status_of_each_problem_is_as_documented() -> None:
    told = {row[0]: row[1] for row in rows_of(text_of("api.md"))}
    for kind in kinds_of_problem():
        assert told[kind.slug] == str(kind.status)


def test_the_reasons_for_exclusion_are_documented_in_their_order() -> None:
    table = (
        text_of("api.md").partition("The reasons in `excluded`")[2].partition("From `service`")[0]
    )
    told = [name for name in re.findall(r"`([a-z_]+)`", table) if name in REASONS]
    # The row of the musts is named by its first and its last before all of them are listed.
    listed = [name for at, name in enumerate(told) if name not in told[at + 1 :]]
    assert listed == list(REASONS)


def test_the_dimensions_are_documented_in_their_order() -> None:
    line = text_of("api.md").partition("always in this order:")[2].partition("and `referral`")[0]
    assert tuple(re.findall(r"`([a-z_]+)`", line)) == DIMENSIONS


WORDS = {*THERAPIST_FILES.media_types, *FACETS, *TherapistRow.model_fields, *RatingRow.model_fields}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_name_that_a_caller_uses_is_documented(word: str) -> None:
    assert re.search(rf"[`\"]{re.escape(word)}[`\"]", text_of("api.md"))


def test_the_sample_request_names_every_field_and_is_taken() -> None:
    body: dict[str, Any] = json.loads(samples("api.md", "json")[1])
    assert MatchRequest.model_validate(body).limit == body["limit"]
    assert set(body) == set(MatchRequest.model_fields)


@pytest.mark.parametrize(
    ("files", "start", "suffix", "rows"),
    [
        (THERAPIST_FILES, "reference,", ".csv", 2),
        (THERAPIST_FILES, '{"reference": "t-603"', ".ndjson", 1),
        (THERAPIST_FILES, '{"resourceType"', ".json", 1),
        (RATING_FILES, "client_reference,", ".csv", 2),
        (RATING_FILES, '{"client_reference"', ".ndjson", 1),
    ],
)
def test_the_sample_files_can_be_imported(
    tmp_path: Path, files: RecordFiles[Any], start: str, suffix: str, rows: int
) -> None:
    language = "csv" if suffix == ".csv" else "json"
    (sample,) = [code for code in samples("api.md", language) if code.startswith(start)]
    path = tmp_path / f"sample{suffix}"
    path.write_text(sample)
    media_type = files.media_type_of(path)
    files.check(path, media_type)
    outcomes = list(files.read(path, media_type, Vocabulary.shared()))
    assert len(outcomes) == rows
    assert not any(isinstance(outcome, Rejected | Skipped) for outcome in outcomes)


def test_the_sample_of_a_rating_is_about_every_kind_of_field() -> None:
    (sample,) = [
        code for code in samples("api.md", "json") if code.startswith('{"client_reference"')
    ]
    assert set(json.loads(sample)) | set(ITEMS) == set(RatingRow.model_fields)


def test_whole_json_samples_are_json() -> None:
    for page in PAGES:
        for kind, code in FENCE.findall(page.read_text()):
            if kind == "json" and CUT not in code:
                json.loads(code)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_resolve(page: Path) -> None:
    for target in LINK.findall(prose_of(page)):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), f"{target}: there is no such file"
        assert not anchor or anchor in anchors_of(linked), f"{target}: there is no such heading"


@pytest.mark.parametrize("decision", DECISIONS, ids=name_of)
def test_a_decision_has_context_decision_and_consequences(decision: Path) -> None:
    headings = re.findall(r"^## (.+)$", prose_of(decision), re.MULTILINE)
    assert [name for name in headings if name in {"Context", "Decision", "Consequences"}] == [
        "Context",
        "Decision",
        "Consequences",
    ]


@pytest.mark.parametrize("decision", DECISIONS, ids=name_of)
def test_a_decision_begins_with_its_number_and_stands_in_the_index(decision: Path) -> None:
    number = decision.name[:4]
    assert decision.read_text().startswith(f"# {number} ")
    assert f"]({decision.name})" in text_of("adr/README.md")
    assert [other for other in DECISIONS if other.name.startswith(number)] == [decision]
