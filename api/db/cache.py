"""What a worker keeps in memory between requests, least recently used out first.

Entries are keyed by the version they were read at, so a stale one is never found, only forgotten.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class LruCache:
    """A thread-safe map that forgets the least recently used once `max_cost` is passed."""

    def __init__(self, max_cost: int) -> None:
        self.max_cost = max_cost
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._cost = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any | None:
        """The value kept under `key`, or None."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: Hashable, value: Any, cost: int = 1) -> None:
        """Keep `value`; the newest entry stays even where it alone costs more than the limit."""
        with self._lock:
            self._cost -= self._entries.pop(key, (None, 0))[1]
            self._entries[key] = (value, cost)
            self._cost += cost
            while self._cost > self.max_cost and len(self._entries) > 1:
                _, (_, dropped) = self._entries.popitem(last=False)
                self._cost -= dropped
