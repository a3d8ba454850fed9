"""What the draft in the form would change, worked out while it changes; nothing is kept."""

from fastapi import APIRouter, Response

from api.web.console.weighting import drafting, form, telling
from api.web.console.weighting.drafting import Faults
from api.web.console.weighting.words import NAMES
from api.web.heavy import HeavyPageDep
from api.web.route import ConsoleRoute

router = APIRouter(route_class=ConsoleRoute, prefix="/console/weighting", include_in_schema=False)

# So few that it takes about a second.
LIVE_SIZE = 200
_EXAMPLES = 3


@router.post("/draft/live")
def looked_at(page: HeavyPageDep) -> Response:
    """A part of the page: what the numbers of the form would have changed, or what is wrong."""
    page.needs("POST", "/v1/weightings/{weighting_id}/preview")
    draft = form.typed(page.form)
    found = drafting.looked_at(page.scope, draft, LIVE_SIZE, _EXAMPLES)
    if isinstance(found, Faults):
        wrong = [f"{NAMES.get(name, name)}: {said}" for name, said in found.fields.items()]
        return page.show("console/_live_wrong.html", 422, wrong=[*found.whole, *wrong])
    return page.show(
        "console/_live.html",
        found=found,
        headline=telling.headline(found),
        three=telling.share_of(found.top3_changed, found.matches - found.empty),
        examples=telling.told_examples(found.examples),
        exposure=telling.exposure_chart(found, each_way=4),
        estimate=telling.estimate_words(found.estimate),
        percent=telling.percent,
    )
