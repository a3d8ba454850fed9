"""What kind of answer a caller would rather have."""


def prefers_page(accept: str) -> bool:
    """Whether an `Accept` header ranks `text/html` above JSON, as a browser's does (RFC 9110)."""
    return _quality(accept, "text", "html") > _quality(accept, "application", "json")


def _quality(accept: str, kind: str, form: str) -> float:
    """The weight 0 to 1 of a media type: that of the closest range, 0 where there is none."""
    ranks = {f"{kind}/{form}": 2, f"{kind}/*": 1, "*/*": 0}
    best, quality = -1, 0.0
    for part in accept.lower().split(","):
        media_range, *parameters = (word.strip() for word in part.split(";"))
        rank = ranks.get(media_range, -1)
        if rank > best:
            best, quality = rank, _weight(parameters)
    return quality


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
