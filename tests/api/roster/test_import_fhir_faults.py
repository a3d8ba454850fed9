"""A FHIR Bundle: faults of the whole document, and resources of any shape."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.outcome import FileFault, Rejected, Skipped
from api.roster.importers import THERAPIST_FILES, Row
from tests.factories.fhir import (
    bundle,
    concept,
    delivered,
    licensed,
    practitioner,
    read,
    role,
    serving,
    write_json,
)
from tests.factories.roster import FHIR, outcomes


@given(junk=st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
        st.sampled_from(["coding", "code", "system", "url", "extension", "reference", "display",
                         "period", "end", "value", "valueCodeableConcept"]), inner, max_size=3),
), data=st.data())  # fmt: skip
def test_no_shape_of_a_resource_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, junk: object, data: st.DataObject
) -> None:
    resources = (
        practitioner(qualification=[licensed("IL")], identifier=[{"type": concept("LN")}],
                     communication=[], active=True),
        serving("s1", availableTime=[], extension=[], code=[], active=True),
        delivered("virtual"),
    )  # fmt: skip
    for resource in resources:
        resource[data.draw(st.sampled_from(sorted(resource)))] = junk
    document = bundle(practitioner("p0"), role("r0", of="Practitioner/p0"))
    document["entry"] += [{"fullUrl": junk, "resource": resource} for resource in resources]
    found = read(tmp_path_factory.mktemp("fhir"), document)
    assert isinstance(found[0], Row)
    assert all(isinstance(item, Row | Skipped | Rejected) for item in found)


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        ('{"resourceType": "Patient"}', None,
         "is not a FHIR Bundle: send one with resourceType Bundle"),
        ('{"entry": []}', None, "is not a FHIR Bundle: send one with resourceType Bundle"),
        ('{"resourceType": ["Bundle"]}', None,
         "is not a FHIR Bundle: send one with resourceType Bundle"),
        ("[]", None, "is not a JSON object"),
        ("5", None, "is not a JSON object"),
        ('{"resourceType": "Bundle", "entry": {}}', None, "must have a list as entry"),
        ('{"resourceType": "Bundle", "entry": null}', None, "must have a list as entry"),
        ('{"resourceType": "Bundle", "entry": [{}, SECRET]}', 1, "is not valid JSON"),
        ('{"resourceType": "Bundle", "entry": [{}, {', 2, "is not valid JSON"),
        ('{"resourceType": "Bundle"} {}', None, "is not valid JSON"),
        ('{"resourceType": "Bundle", "x": NaN}', None, "is not valid JSON"),
        ('{"resourceType": "Bundle", "x": ' + "9" * 5000 + "}", None, "is not valid JSON"),
        ('{"resourceType": "Bundle", "entry": [{"a": 1}, {"b": {"c": 1, "c": 2}}]}', 2,
         "names a member twice in one object: keep one"),
        ('{"resourceType": "Bundle", "entry": [], "entry": []}', None,
         "names a member twice in one object: keep one"),
        ('{"resourceType": "Bundle", "entry": [' + nested(63) + "]}", 1,
         "nests deeper than 64 levels"),
        ('{"resourceType": "Bundle", "x": ' + "[" * 100_000, None, "nests deeper than 64 levels"),
        ('{"resourceType": "Bundle", "entry": [{}, {"a": "' + '\\"' * 700_000 + '"}]}', 2,
         "has a record longer than 1 MiB"),
        # Escapes that meet the ends of the chunks in which a file is read, either way.
        ('{"x": "' + '\\"' * 700_000, None, "has a record longer than 1 MiB"),
        ('{"xy": "' + '\\"' * 700_000, None, "has a record longer than 1 MiB"),
        ('{"resourceType": "Bundle", "entry": [{}, [' + ",".join(["5"] * 600_000) + "]]}", 2,
         "has a record longer than 1 MiB"),
        ('{"resourceType": "Bundle", "x": "' + "x" * 3_000_000 + '"}', None,
         "has a record longer than 1 MiB"),
    ],
)  # fmt: skip
def test_a_fault_of_the_document_is_found_before_any_row(
    tmp_path: Path, text: str, line: int | None, detail: str
) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(text)
    with pytest.raises(FileFault) as caught:
        THERAPIST_FILES.check(path, FHIR)
    assert (caught.value.detail, caught.value.line) == (detail, line)
    assert caught.value.__context__ is None


def test_a_bundle_just_within_the_bounds_is_read(tmp_path: Path) -> None:
    entries = [nested(62), json.dumps({"text": "x" * 1_000_000}), json.dumps("y" * 1_000_000)]
    path = tmp_path / "bundle.json"
    path.write_text('\ufeff{"entry": [' + ",".join(entries) + '], "resourceType": "Bundle"}')
    assert THERAPIST_FILES.check(path, FHIR).rows == 3
    assert len(outcomes(path, FHIR)) == 3


def test_a_bundle_of_nothing_is_a_file_of_no_rows(tmp_path: Path) -> None:
    path = write_json(tmp_path / "bundle.json", {"resourceType": "Bundle", "type": "searchset"})
    assert THERAPIST_FILES.check(path, FHIR).rows == 0
    assert outcomes(path, FHIR) == []
