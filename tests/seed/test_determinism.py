import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from seed.clinic import DEFAULT_TODAY, Clinic, ClinicSpec, generate
from seed.therapists import Row, Skew, draw_therapists, row

FILES = ("therapists.ndjson", "therapists.csv", "ratings.ndjson", "unseen.ndjson", "truth.json")
SMALL = ("--therapists", "30", "--clients", "40", "--unseen", "5")


def written(folder: Path, hash_seed: str, seed: int) -> dict[str, bytes]:
    subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-m", "seed", "--out", str(folder), "--seed", str(seed), *SMALL],
        check=True,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        stdout=subprocess.DEVNULL,
    )
    return {name: (folder / name).read_bytes() for name in FILES}


def test_the_same_seed_writes_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    first = written(tmp_path / "a", "1", seed=3)
    second = written(tmp_path / "b", "2", seed=3)
    assert first == second


def test_another_seed_writes_another_clinic(tmp_path: Path) -> None:
    first = written(tmp_path / "a", "1", seed=3)
    second = written(tmp_path / "b", "1", seed=4)
    assert all(first[name] != second[name] for name in FILES)


def test_the_first_therapists_do_not_depend_on_how_many_follow() -> None:
    few = generate(ClinicSpec(therapists=20, past_clients=0, unseen_clients=3))
    more = generate(ClinicSpec(therapists=50, past_clients=0, unseen_clients=3))
    assert few.therapists == more.therapists[:20]
    for one, other in zip(few.unseen, more.unseen, strict=True):
        assert one.body == other.body
        assert one.true_fit.tolist() == other.true_fit[:20].tolist()


def shifted(value: object, days: int) -> object:
    """What a row's dates become when today moves."""
    if isinstance(value, dict):
        return {name: shifted(one, days) for name, one in value.items()}
    if isinstance(value, list):
        return [shifted(one, days) for one in value]
    if isinstance(value, str) and len(value) in {10, 20} and value[4:5] + value[7:8] == "--":
        day = date.fromisoformat(value[:10]) + timedelta(days)
        return day.isoformat() + value[10:]
    return value


@given(days=st.integers(-4000, 4000))
@settings(max_examples=10)
def test_today_moves_every_date_and_nothing_else(days: int) -> None:
    spec = ClinicSpec(therapists=25, past_clients=15, unseen_clients=2)
    here = generate(spec)
    there = generate(replace(spec, today=DEFAULT_TODAY + timedelta(days)))
    assert there.therapists == [shifted(one, days) for one in here.therapists]
    assert there.ratings == [shifted(one, days) for one in here.ratings]
    assert [one.body for one in there.unseen] == [one.body for one in here.unseen]


def test_a_clinic_survives_json(clinic: Clinic) -> None:
    rows: list[Row] = clinic.therapists + clinic.ratings
    assert json.loads(json.dumps(rows)) == rows


def test_namesakes_are_told_apart_in_a_clinic_of_ordinary_size() -> None:
    names = [
        row(one)["name"]
        for seed in range(5)
        for one in draw_therapists(seed, 120, DEFAULT_TODAY, Skew())
    ]
    for start in range(0, len(names), 120):
        assert len(set(names[start : start + 120])) == 120


def test_seed_knows_nothing_of_the_service() -> None:
    code = "import sys, seed.__main__; print([m for m in sys.modules if m.split('.')[0] == 'api'])"
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
