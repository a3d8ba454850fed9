"""Which of our names a caller probably meant. Their own spelling is never repeated."""

import difflib
from collections.abc import Collection

_LONGEST = 64
_ALIKE = 0.75


def resembling(name: str, known: Collection[str]) -> str | None:
    """The one of `known` that is most like `name`, None where none is."""
    if len(name) > _LONGEST:
        return None
    near = difflib.get_close_matches(name.strip().casefold(), known, n=1, cutoff=_ALIKE)
    return near[0] if near else None
