"""Which items a client is asked after a session: few each time, all of them now and then."""

from matching.learning.fit_index import FROM_SESSION
from matching.learning.ratings import ITEMS

# Asked after every session.
CORE = ("trust", "safe", "heard", "goals")

# All items at the third session, the eighth and every sixth after it (docs/evidence.md).
_FIRST_FULL, _SECOND_FULL, _EVERY = 3, 8, 6

# Of a session in the room there is no line to ask about.
_REMOTE_ONLY = frozenset({"connection_quality", "privacy"})


def due_items(session_number: int, *, remote: bool) -> tuple[str, ...]:
    """The items due after a session, in the order in which they are asked.

    `session_number` counts from 1; `remote` says whether they met from afar. What can be judged
    only after some sessions is not asked before.
    """
    if not _is_full(session_number):
        return CORE
    return tuple(
        item
        for item in ITEMS
        if session_number >= FROM_SESSION.get(item, 1) and (remote or item not in _REMOTE_ONLY)
    )


def _is_full(session_number: int) -> bool:
    after = session_number - _SECOND_FULL
    return session_number == _FIRST_FULL or (after >= 0 and after % _EVERY == 0)
