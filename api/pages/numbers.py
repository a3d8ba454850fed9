"""Numbers as they are set for people."""

_MINUS = "\N{MINUS SIGN}"


def fixed(value: float, places: int = 2) -> str:
    """To so many places, with a minus sign as it is set; nothing is less than nothing."""
    return f"{_rounded(value, places):.{places}f}".replace("-", _MINUS)


def signed(value: float, places: int = 2) -> str:
    """A difference with its sign, which nothing has none of."""
    near = _rounded(value, places)
    return f"{near:+.{places}f}".replace("-", _MINUS) if near else f"{near:.{places}f}"


def _rounded(value: float, places: int) -> float:
    # Adding zero makes −0.0 into 0.0.
    return round(value, places) + 0.0
