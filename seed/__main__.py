"""`python -m seed --out DIR`: a synthetic clinic as files, one line of JSON last on stdout."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from seed.clinic import DEFAULT_TODAY, ClinicSpec, generate
from seed.fast import therapist_rows
from seed.files import write_clinic, write_ndjson
from seed.world import WORLDS


def main(arguments: list[str] | None = None) -> None:
    """Write a clinic, or with `--fast` therapists alone, into a folder."""
    asked = _parser().parse_args(arguments)
    if asked.fast:
        asked.out.mkdir(parents=True, exist_ok=True)
        rows = therapist_rows(asked.therapists, asked.seed, asked.today)
        written = {"therapists": write_ndjson(rows, asked.out / "therapists.ndjson")}
    else:
        spec = ClinicSpec(
            seed=asked.seed,
            therapists=asked.therapists,
            past_clients=asked.clients,
            unseen_clients=asked.unseen,
            world=WORLDS[asked.world],
            today=asked.today,
        )
        written = write_clinic(generate(spec), asked.out, spec.today)
    sys.stdout.write(json.dumps({"out": str(asked.out), "seed": asked.seed, **written}) + "\n")


def _parser() -> argparse.ArgumentParser:
    default = ClinicSpec()
    parser = argparse.ArgumentParser(prog="python -m seed", description=__doc__)
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder for the files; made if need be")
    add("--seed", type=_not_negative, default=default.seed)
    add("--therapists", type=_positive, default=default.therapists)
    add("--clients", type=_not_negative, default=default.past_clients, help="past clients")
    add("--unseen", type=_not_negative, default=default.unseen_clients)
    add("--world", choices=list(WORLDS), default=default.world.name)
    add("--today", type=date.fromisoformat, default=DEFAULT_TODAY, help="YYYY-MM-DD")
    add("--fast", action="store_true", help="therapists.ndjson alone, very many of them quickly")
    return parser


def _not_negative(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    main()
