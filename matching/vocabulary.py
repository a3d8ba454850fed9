"""Codes and labels: the dimensions, the style axes, and what a client or a profile can choose from.

A clinic may add codes of its own to the shared ones; it never changes or removes any.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from matching.shared_codes import SHARED

DIMENSIONS: tuple[str, ...] = (
    "communication_style",
    "gender",
    "culture",
    "language",
    "modality",
    "needs",
    "format",
    "schedule",
    "expected_fit",
)

# The four scales of the Cooper–Norcross Inventory of Preferences, each named by its positive pole.
STYLE_AXES: tuple[str, ...] = (
    "warm_support",
    "therapist_directiveness",
    "emotional_intensity",
    "past_orientation",
)

FACETS: tuple[str, ...] = tuple(SHARED)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The codes of one clinic, each with its label: `facets[facet][code] == label`."""

    facets: Mapping[str, Mapping[str, str]]

    @classmethod
    def shared(cls) -> "Vocabulary":
        """The codes every clinic starts with."""
        return cls(SHARED)

    def extended(self, additions: Mapping[str, Mapping[str, str]]) -> "Vocabulary":
        """This vocabulary and a clinic's own codes; a shared code keeps its label."""
        return Vocabulary(
            {facet: {**additions.get(facet, {}), **codes} for facet, codes in self.facets.items()}
        )

    def knows(self, facet: str, code: str) -> bool:
        """Whether `code` is one of the facet's."""
        return code in self.facets[facet]

    def label(self, facet: str, code: str) -> str:
        """The words for a code; the code itself where there are none (language tags)."""
        return self.facets[facet].get(code, code)
