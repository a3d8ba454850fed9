"""Vocabulary as it comes in and goes out."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.text import Prose


class VocabularyEntry(BaseModel):
    """A code and the words for it."""

    code: str
    label: str


class NewVocabularyEntry(BaseModel):
    """A code of the clinic's own."""

    model_config = ConfigDict(extra="forbid")

    facet: Literal[
        "genders",
        "cultures",
        "communities",
        "modalities",
        "needs",
        "formats",
        "schedule",
        "services",
        "age_groups",
        "access",
    ]
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    label: Annotated[Prose, Field(min_length=1, max_length=120)]
