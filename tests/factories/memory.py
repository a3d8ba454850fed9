"""How much memory a piece of work takes."""

import gc
import tracemalloc
from collections.abc import Callable


def peak_bytes(work: Callable[[], object]) -> int:
    """The most bytes held at once while `work` is done.

    What is there already is set aside first: the more of it there is, the later Python looks for
    garbage, and a test's bound must not depend on the tests before it.
    """
    gc.collect()
    gc.freeze()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.unfreeze()
