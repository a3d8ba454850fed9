"""Very many therapist rows, quickly: to try an import or a ranking at the largest size."""

from collections.abc import Iterator
from datetime import date

from seed.clinic import DEFAULT_TODAY
from seed.draw import generator
from seed.therapists import Row, Skew, draw_therapists, row

_POOL = 3000  # therapists drawn in full; the others are put together from their parts
_PERSON = ("name", "gender", "pronouns", "cultures", "communities", "languages")
_AVAILABILITY = (
    "active", "caseload_limit", "caseload", "accepting", "availability_confirmed_at", "leaving_on",
)  # fmt: skip


def therapist_rows(count: int, seed: int = 7, today: date = DEFAULT_TODAY) -> Iterator[Row]:
    """Rows `t-1` to `t-<count>`: the person of one therapist, the practice of another.

    What goes together within a person or a practice still does, names repeat, and rows share their
    lists: treat them as read-only. The therapists are not those of `generate`.
    """
    pool = [row(one) for one in draw_therapists(seed, min(count, _POOL), today, Skew())]
    persons = [_part(one, _PERSON) for one in pool]
    availabilities = [_part(one, _AVAILABILITY) for one in pool]
    elsewhere = {"reference", *_PERSON, *_AVAILABILITY}
    practices = [_part(one, tuple(name for name in one if name not in elsewhere)) for one in pool]
    drawn = generator(seed, "fast").integers(0, max(1, len(pool)), (count, 3))
    for number, (person, practice, availability) in enumerate(drawn.tolist(), start=1):
        yield {
            "reference": f"t-{number}",
            **persons[person],
            **practices[practice],
            **availabilities[availability],
        }


def _part(whole: Row, names: tuple[str, ...]) -> Row:
    return {name: whole[name] for name in names if name in whole}
