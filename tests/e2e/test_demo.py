"""The demo: one command, and the command that it prints answers."""

import json
import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from api.clinics.creation import CLINICS
from api.db.database import Database
from tests.factories.servers import RAPPORT


class Demo:
    """A running demo, and the lines that it said before it served."""

    def __init__(self, directory: Path) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [RAPPORT, "demo", "--directory", str(directory)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        self.lines: list[str] = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("curl"):
                break

    @property
    def curl(self) -> list[str]:
        (command,) = [line for line in self.lines if line.startswith("curl")]
        return shlex.split(command)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)


@pytest.mark.everyday
def test_the_pasted_command_answers_with_three_explained_candidates(tmp_path: Path) -> None:
    demo = Demo(tmp_path / "demo")
    try:
        answered = subprocess.run(demo.curl, capture_output=True, check=True, timeout=60)  # noqa: S603
    finally:
        demo.stop()
    answer = json.loads(answered.stdout)
    assert len(answer["candidates"]) == 3
    assert answer["model"] is not None
    for candidate in answer["candidates"]:
        assert 0 <= candidate["expected_fit"]["low"] < candidate["expected_fit"]["high"] <= 10
        assert candidate["reasons"]
        assert len(candidate["contributions"]) >= 9
    assert 100 <= answer["considered"] <= 140


def test_a_second_run_keeps_the_data_and_the_keys(tmp_path: Path) -> None:
    first = Demo(tmp_path / "demo")
    answered = subprocess.run(first.curl, capture_output=True, check=True, timeout=60)  # noqa: S603
    match_id = json.loads(answered.stdout)["id"]
    first.stop()
    second = Demo(tmp_path / "demo")
    try:
        (authorization,) = [word for word in second.curl if word.startswith("Authorization")]
        address = next(word for word in second.curl if word.startswith("http"))
        again = subprocess.run(  # noqa: S603
            ["curl", "-sS", f"{address}/{match_id}", "-H", authorization],  # noqa: S607
            capture_output=True,
            check=True,
            timeout=60,
        )
    finally:
        second.stop()
    assert again.stdout == answered.stdout


def test_one_that_was_stopped_while_it_was_made_is_made_anew(tmp_path: Path) -> None:
    directory = tmp_path / "demo"
    process = subprocess.Popen(  # noqa: S603 - our own command
        [RAPPORT, "demo", "--directory", str(directory)], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    while "therapists imported" not in process.stderr.readline():
        assert process.poll() is None
    process.kill()
    process.communicate()
    demo = Demo(directory)
    demo.stop()
    database = Database(f"sqlite:///{directory / 'rapport.db'}")
    with database.reading() as connection:
        (clinic_id,) = connection.execute(CLINICS).one()[:1]
    database.dispose()
    assert any(f"/intake/{clinic_id}" in line for line in demo.lines)


def test_a_database_of_somebodys_is_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "rapport.db"
    theirs.write_bytes(b"theirs")
    words = [RAPPORT, "demo", "--directory", str(tmp_path)]
    refused = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    assert refused.returncode != 0
    assert "not the demo's" in refused.stderr
    assert theirs.read_bytes() == b"theirs"
