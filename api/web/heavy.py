"""Pages whose work takes seconds take turns with each other and with such calls of the API."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends

from api.auth.scope import holder_of
from api.http.heavy import Turns
from api.web.page import Page
from api.web.route import Visit, visit


async def visit_in_turn(somebody: Annotated[Visit, Depends(visit)]) -> AsyncIterator[Visit]:
    """The visitor of such a page, who waits without a thread until the turn is theirs.

    Raises:
        Unavailable: the visitor asks for too much at once, or the wait was too long.
    """
    turns: Turns = somebody.request.app.state.turns
    async with turns.turn(await holder_of(somebody.caller)):
        yield somebody


# The turn ends with the work: who reads the answer slowly does not hold it.
HeavyPageDep = Annotated[Page, Depends(visit_in_turn, scope="function")]
