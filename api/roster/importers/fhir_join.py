"""Which resources of a Bundle belong together, by their references.

A reference is resolved as FHIR R4 says (Bundle, `Resolving references`): an absolute one names a
`fullUrl`; a relative one is taken from the `fullUrl` of the entry that holds it. Where either side
has no such address, type and id decide.
"""

from dataclasses import dataclass, field
from sys import intern


@dataclass(slots=True)
class Addresses:
    """Where the resources of one type stand in the Bundle."""

    _by_url: dict[str, int] = field(default_factory=dict)
    _by_id: dict[str, int] = field(default_factory=dict)
    _addressed: set[int] = field(default_factory=set)

    def add(self, line: int, url: str, type_and_id: str) -> None:
        """Remember an entry by its `fullUrl` and by `Type/id`; either may be empty."""
        if url:
            self._by_url.setdefault(url, line)
        if type_and_id:
            self._by_id.setdefault(type_and_id, line)
        if _is_address(url):
            self._addressed.add(line)

    def find(self, target: str) -> int | None:
        """The entry that a `target_of` a reference means; None: it is not in the Bundle."""
        if target in self._by_url:
            return self._by_url[target]
        line = self._by_id.get("/".join(target.split("/")[-2:]))
        return None if line in self._addressed and _is_address(target) else line


def target_of(reference: str, holder_url: str) -> str:
    """What a reference names, without a version, in the entry whose `fullUrl` is `holder_url`."""
    reference = reference.partition("/_history/")[0]
    if ":" not in reference and _is_address(holder_url):
        reference = f"{holder_url.rsplit('/', 2)[0]}/{reference}"
    # Many roles name the same service.
    return intern(reference)


def _is_address(url: str) -> bool:
    return url.startswith(("http://", "https://"))
