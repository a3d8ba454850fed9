"""Which resources of a Bundle belong together, by their references.

A reference is resolved as FHIR R4 says (Bundle, `Resolving references`): an absolute one names a
`fullUrl`; a relative one is taken from the `fullUrl` of the entry that holds it. Where either side
has no such address, type and id decide.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Addresses:
    """Where the resources of one type stand in the Bundle."""

    _by_url: dict[str, int] = field(default_factory=dict)
    _by_id: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def add(self, line: int, url: str, type_and_id: str) -> None:
        """Remember an entry by its `fullUrl` and by `Type/id`; either may be empty."""
        if url:
            self._by_url.setdefault(url, line)
        if type_and_id:
            self._by_id.setdefault(type_and_id, (line, _is_address(url)))

    def find(self, reference: str, holder_url: str) -> int | None:
        """The entry that `reference` means in the entry with `holder_url`; None: not in here."""
        reference = reference.partition("/_history/")[0]
        target = _absolute(reference, holder_url)
        if target in self._by_url:
            return self._by_url[target]
        line, has_address = self._by_id.get("/".join(reference.split("/")[-2:]), (None, False))
        return None if has_address and _is_address(target) else line


def _absolute(reference: str, holder_url: str) -> str:
    if ":" in reference or not _is_address(holder_url):
        return reference
    base = holder_url.rsplit("/", 2)[0]
    return f"{base}/{reference}"


def _is_address(url: str) -> bool:
    return url.startswith(("http://", "https://"))
