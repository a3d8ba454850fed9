"""The files say what the rows say, and very many rows come in the same form."""

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from matching.shared_codes import SHARED
from seed.__main__ import main
from seed.clinic import DEFAULT_TODAY, Clinic, ClinicSpec, generate
from seed.fast import therapist_rows
from seed.files import CSV_COLUMNS, write_clinic, write_csv
from seed.therapists import Row


@pytest.fixture(scope="module")
def small() -> Clinic:
    return generate(ClinicSpec(therapists=40, past_clients=30, unseen_clients=4))


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_ndjson_holds_the_rows(small: Clinic, tmp_path: Path) -> None:
    written = write_clinic(small, tmp_path / "new" / "folder", DEFAULT_TODAY)
    folder = tmp_path / "new" / "folder"
    assert lines(folder / "therapists.ndjson") == small.therapists
    assert lines(folder / "ratings.ndjson") == small.ratings
    assert written == {"therapists": 40, "ratings": len(small.ratings), "unseen": 4}
    for line, one in zip(lines(folder / "unseen.ndjson"), small.unseen, strict=True):
        assert line == {"body": one.body, "true_fit": one.true_fit.tolist()}


def test_csv_cells_hold_the_same(small: Clinic, tmp_path: Path) -> None:
    write_csv(small.therapists, tmp_path / "t.csv", DEFAULT_TODAY)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert list(cells[0]) == list(CSV_COLUMNS)
    for cell, one in zip(cells, small.therapists, strict=True):
        assert cell["reference"] == one["reference"]
        assert cell["name"] == one["name"]
        for column in ("languages", "needs", "schedule", "payers"):
            assert cell[column].split(";") == (one.get(column) or [""])
        style = one.get("style", {})
        assert isinstance(style, dict)
        told = style.get("warm_support")
        assert cell["style_warm_support"] == ("" if told is None else str(told))
        assert cell["active"] == str(one["active"]).lower()
        assert cell["caseload_limit"] == str(one.get("caseload_limit", ""))


def test_csv_leaves_out_a_licence_that_has_run_out(tmp_path: Path) -> None:
    plain: Row = {"reference": "t-1", "name": "T"}
    licences = [
        {"jurisdiction": "US-CA", "kind": "full", "expires_on": "2026-05-31"},
        {"jurisdiction": "US-NY", "kind": "full", "expires_on": "2026-06-01"},
        "US-WA",
    ]
    write_csv([plain | {"licences": licences}], tmp_path / "t.csv", date(2026, 6, 1))
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["licences"] == "US-NY;US-WA"


def test_the_truth_is_told_in_full(small: Clinic, tmp_path: Path) -> None:
    write_clinic(small, tmp_path, DEFAULT_TODAY)
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert truth["world"]["name"] == "balanced"
    assert truth["therapists"] == [one["reference"] for one in small.therapists]
    assert np.allclose(truth["effects"]["therapist"], small.truth.effects.therapist, atol=1e-6)
    assert np.shape(truth["effects"]["need"]) == (40, len(SHARED["needs"]))
    assert len(truth["session_fit"]) == len(small.ratings)
    assert len(truth["leniency"]) == len(truth["clients"]) == 30


def test_the_command_says_in_one_line_what_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path), "--therapists", "5", "--clients", "6", "--world", "skewed"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["therapists"] == len(lines(tmp_path / "therapists.ndjson")) == 5
    assert told["ratings"] == len(lines(tmp_path / "ratings.ndjson")) >= 6
    assert json.loads((tmp_path / "truth.json").read_text())["world"]["name"] == "skewed"


@pytest.mark.parametrize(
    "wrong", [["--therapists", "0"], ["--clients", "-1"], ["--world", "flat"], ["--today", "now"]]
)
def test_the_command_refuses_what_it_cannot_make(wrong: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--out", str(tmp_path), *wrong])
    assert refused.value.code == 2


def test_the_command_writes_many_therapists_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path), "--therapists", "4000", "--fast"])
    assert json.loads(capsys.readouterr().out)["therapists"] == 4000
    assert len(lines(tmp_path / "therapists.ndjson")) == 4000
    assert [file.name for file in tmp_path.iterdir()] == ["therapists.ndjson"]


def test_a_hundred_thousand_rows_are_different_and_well_formed() -> None:
    references, kinds = set(), set()
    for one in therapist_rows(100_000):
        references.add(one["reference"])
        kinds.add((one["name"], str(one.get("needs")), str(one["caseload"])))
        needs = one.get("needs", [])
        assert isinstance(needs, list)
        assert SHARED["needs"].keys() >= set(needs)
    assert len(references) == 100_000
    assert len(kinds) > 95_000


def test_many_rows_are_repeatable_and_follow_the_seed() -> None:
    first, again, other = (list(therapist_rows(50, seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert [one["reference"] for one in first] == [f"t-{number}" for number in range(1, 51)]
    assert list(therapist_rows(0)) == []


def test_many_rows_have_the_shares_of_few(small: Clinic) -> None:
    rows = list(therapist_rows(5000))
    columns = {name for one in small.therapists for name in one}
    assert columns <= {name for one in rows for name in one}
    blank = np.mean(["style" not in one for one in rows])
    assert 0.08 <= blank <= 0.2
