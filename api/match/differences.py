"""Where two answers differ."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

MAX_DIFFERENCES = 50


def differences(then: Any, now: Any) -> list[dict[str, Any]]:
    """The places where two JSON documents differ, at most `MAX_DIFFERENCES`."""
    return list(islice(_walk("", then, now), MAX_DIFFERENCES))


def _walk(place: str, then: Any, now: Any) -> Iterator[dict[str, Any]]:
    if isinstance(then, dict) and isinstance(now, dict):
        # As the answer has them: what it rests on comes before what follows from it.
        for name in {**then, **now}:
            yield from _walk(f"{place}.{name}".lstrip("."), then.get(name), now.get(name))
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for index, (old, new) in enumerate(zip(then, now, strict=True)):
            yield from _walk(f"{place}[{index}]", old, new)
    elif then != now:
        yield {"at": place, "then": then, "now": now}
