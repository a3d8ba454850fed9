"""The shared vocabulary as a page of the documentation."""

from matching.shared_codes import SHARED


def vocabulary_page() -> str:
    """Every shared code and its label, as docs/vocabulary.md has them."""
    lines = [
        "# Vocabulary",
        "",
        "Made from `matching/shared_codes.py` by `rapport docs vocabulary`; a test watches both.",
        "A clinic adds codes of its own with `POST /v1/vocabulary`; `GET` on it shows both.",
        "Languages are any well-formed BCP 47 tag; those listed have a label.",
    ]
    for facet, codes in SHARED.items():
        lines += ["", f"## {facet}", "", "| code | label |", "| --- | --- |"]
        lines += [f"| `{code}` | {label} |" for code, label in codes.items()]
    return "\n".join(lines) + "\n"
