"""The US registry's file: who is taken, who is left out and why, and what is known of them."""

from collections import Counter
from pathlib import Path

import pytest

from api.importing.outcome import FileFault, Rejected, Skipped
from api.profiles.schemas import TherapistRow
from api.roster.importers import THERAPIST_FILES, Row
from api.roster.importers.npi import valid_npi
from api.roster.importers.nppes import COLUMNS
from api.roster.importers.us_states import NAMES, state_jurisdiction
from tests.factories.roster import CSV, FIXTURES, SHARED_DATA, nppes_row, outcomes, write_nppes

SAMPLE = SHARED_DATA / "nppes" / "npidata_sample.csv"
ALWAYS_STATED = frozenset({"reference", "name", "discipline"})


def one(tmp_path: Path, **changes: str) -> object:
    found = outcomes(write_nppes(tmp_path / "nppes.csv", [nppes_row(**changes)]), CSV)
    assert len(found) == 1
    return found[0]


def taken(tmp_path: Path, **changes: str) -> TherapistRow:
    found = one(tmp_path, **changes)
    assert isinstance(found, Row)
    return found.row


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of the real registry is not here")
def test_the_real_sample_gives_its_behavioural_health_people() -> None:
    checked = THERAPIST_FILES.check(SAMPLE, CSV)
    assert (checked.rows, checked.format) == (1000, "nppes")
    found = outcomes(SAMPLE, CSV)
    rows = [item for item in found if isinstance(item, Row)]
    assert len(rows) == 48
    assert Counter(item.reason for item in found if isinstance(item, Skipped)) == {
        "not_behavioural_health": 952
    }
    assert len({item.row.reference for item in rows}) == 48
    assert Counter(item.row.discipline for item in rows) == {
        "psychologist": 21,
        "clinical_social_worker": 12,
        "psychiatrist": 10,
        "professional_counsellor": 4,
        "marriage_family_therapist": 1,
    }
    # The sample's states are masked, and its word on gender is unconfirmed.
    assert all(not item.row.licences and item.row.gender is None for item in rows)
    assert all(item.stated == ALWAYS_STATED for item in rows)
    assert (rows[0].line, rows[0].row.reference) == (11, "npi-1621823883")


def test_our_own_file_in_all_329_columns() -> None:
    found = outcomes(FIXTURES / "nppes.csv", CSV)
    assert [item.line for item in found] == list(range(2, 10))
    people = {
        item.row.reference: (
            item.row.name,
            item.row.discipline,
            [x.jurisdiction for x in item.row.licences],
        )
        for item in found
        if isinstance(item, Row)
    }
    assert people == {
        "npi-1000000012": ("TESS MARLOWE", "psychologist", ["US-CA"]),
        "npi-1000000020": ("BEN OKAFOR", "clinical_social_worker", ["US-NV", "US-AZ"]),
        "npi-1000000061": ("LUZ ARANDA", "psychiatrist", []),
        "npi-1000000087": ("REY HOLLIS", "behaviour_analyst", ["US-TX"]),
    }
    assert [item for item in found if not isinstance(item, Row)] == [
        Skipped(4, "not_behavioural_health"),
        Skipped(5, "organisation"),
        Skipped(6, "deactivated"),
        Rejected(8, "NPI", "is not a valid NPI: ten digits, the last a check digit"),
    ]


@pytest.mark.parametrize(
    ("code", "discipline"),
    [
        ("101YM0800X", "professional_counsellor"),
        ("103TC0700X", "psychologist"),
        ("103G00000X", "psychologist"),
        ("103K00000X", "behaviour_analyst"),
        ("1041C0700X", "clinical_social_worker"),
        ("106H00000X", "marriage_family_therapist"),
        ("2084P0800X", "psychiatrist"),
    ],
)
@pytest.mark.parametrize("place", [1, 8, 15])
def test_each_taxonomy_column_counts(
    tmp_path: Path, code: str, discipline: str, place: int
) -> None:
    columns = {f"Healthcare Provider Taxonomy Code_{place}": code}
    assert taken(tmp_path, **{"taxonomy": "", **columns}).discipline == discipline


@pytest.mark.parametrize("code", ["", "207Q00000X", "2084N0400X", "101", "163W00000X", "103t"])
def test_other_taxonomies_are_left_out(tmp_path: Path, code: str) -> None:
    assert one(tmp_path, taxonomy=code) == Skipped(2, "not_behavioural_health")


def test_the_primary_taxonomy_names_the_discipline(tmp_path: Path) -> None:
    second = {
        "Healthcare Provider Taxonomy Code_2": "1041C0700X",
        "Healthcare Provider Primary Taxonomy Switch_2": "Y",
    }
    assert taken(tmp_path).discipline == "psychologist"
    assert taken(tmp_path, **second).discipline == "clinical_social_worker"
    other = second | {"Healthcare Provider Taxonomy Code_2": "207Q00000X"}
    assert taken(tmp_path, **other).discipline == "psychologist"


@pytest.mark.parametrize(
    ("off", "on", "left_out"),
    [
        ("", "", False),
        ("03/16/2006", "", True),
        ("03/16/2006", "03/20/2006", False),
        ("03/16/2006", "03/16/2006", False),
        ("12/16/2006", "01/20/2007", False),
        ("03/16/2016", "03/20/2006", True),
        ("2016-03-16", "03/20/2026", True),
        ("", "03/20/2006", False),
    ],
)
def test_a_deactivated_number_is_left_out_unless_reactivated_later(
    tmp_path: Path, off: str, on: str, left_out: bool
) -> None:
    found = one(tmp_path, **{"NPI Deactivation Date": off, "NPI Reactivation Date": on})
    assert (found == Skipped(2, "deactivated")) == left_out


def test_what_the_registry_does_not_say_stays_unknown(tmp_path: Path) -> None:
    found = one(tmp_path, state="CA")
    assert isinstance(found, Row)
    assert found.stated == ALWAYS_STATED | {"licences"}
    assert found.row == TherapistRow.model_validate(
        {
            "reference": "npi-1234567893",
            "name": "TESS MARLOWE",
            "discipline": "psychologist",
            "licences": ["US-CA"],
        }
    )


@pytest.mark.parametrize("state", ["", "Xf00558", "ZZ", "Ontario", "FM"])
def test_what_is_no_state_is_no_licence(tmp_path: Path, state: str) -> None:
    found = one(tmp_path, state=state)
    assert isinstance(found, Row)
    assert (found.row.licences, found.stated) == ([], ALWAYS_STATED)


def test_only_behavioural_health_columns_license(tmp_path: Path) -> None:
    nurse = {
        "Healthcare Provider Taxonomy Code_2": "163W00000X",
        "Provider License Number State Code_2": "NV",
    }
    assert [x.jurisdiction for x in taken(tmp_path, **nurse).licences] == ["US-CA"]


@pytest.mark.parametrize(
    "number", ["1234567890", "123456789", "12345678934", "", "12345678٣9", "123456789X"]
)
def test_a_wrong_number_rejects_its_row(tmp_path: Path, number: str) -> None:
    found = one(tmp_path, npi=number)
    assert isinstance(found, Rejected)
    assert (found.line, found.field) == (2, "NPI")
    assert not number or number not in found.problem


def test_the_check_digit_catches_every_single_wrong_digit() -> None:
    # The example of the US Centers for Medicare & Medicaid Services.
    right = "1234567893"
    assert valid_npi(right)
    for place in range(10):
        for digit in set("0123456789") - {right[place]}:
            assert not valid_npi(right[:place] + digit + right[place + 1 :])


def test_a_number_stands_once_and_a_name_is_needed(tmp_path: Path) -> None:
    nameless = {"Provider First Name": "", "Provider Last Name (Legal Name)": " "}
    rows = [nppes_row(), nppes_row(), nppes_row("1000000012", **nameless)]
    assert outcomes(write_nppes(tmp_path / "nppes.csv", rows), CSV)[1:] == [
        Rejected(3, "reference", "stands already on line 2"),
        Rejected(4, "name", "is required"),
    ]


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in COLUMNS[:2]][::7])
def test_a_column_that_is_read_may_not_be_missing(tmp_path: Path, column: str) -> None:
    path = write_nppes(tmp_path / "nppes.csv", [nppes_row()])
    path.write_text(path.read_text().replace(f'"{column}"', '"Another Column"', 1))
    with pytest.raises(FileFault) as caught:
        THERAPIST_FILES.check(path, CSV)
    assert (caught.value.detail, caught.value.line) == (
        f"has no column {column}: it is required",
        1,
    )


def test_short_records_have_empty_cells(tmp_path: Path) -> None:
    path = tmp_path / "nppes.csv"
    path.write_text(",".join(f'"{name}"' for name in COLUMNS) + "\n1234567893,1\n")
    assert outcomes(path, CSV) == [Skipped(2, "not_behavioural_health")]


def test_states_are_known_by_code_and_by_name() -> None:
    assert len(NAMES) == 56
    for code, name in NAMES.items():
        assert state_jurisdiction(code.lower()) == f"US-{code}"
        assert state_jurisdiction(f" State of {name} ") == state_jurisdiction(name) == f"US-{code}"
    assert state_jurisdiction("") is None
