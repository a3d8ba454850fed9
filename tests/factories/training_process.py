"""A training with a process of its own, as tests need it: it takes its kind before the ids."""

import os
import signal
import sys
import time
from typing import Any, NoReturn

from api.models.worker import Train, main
from tests.factories.models import preferring


def _endless(*_given: Any, progress: Any, **_more: Any) -> NoReturn:
    """Says which process it is, where others say their stage."""
    while True:
        progress(f"process {os.getpid()}", 0.5)
        time.sleep(0.05)


def _killed(*_given: Any, **_more: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable: nobody outlives that signal")


def training(kind: str, attempt: str) -> Train:
    """What this process does in that attempt."""
    if kind == "endless":
        return _endless
    if kind == "killed once" and attempt == "1":
        return _killed
    return preferring("t-1")


if __name__ == "__main__":
    kind, *words = sys.argv[1:]
    main(words, training(kind, words[2]))
