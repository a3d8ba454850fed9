"""A model as bytes: the same model again, or nothing; never anything that runs."""

import json
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.learning import artifact
from matching.learning.artifact import DamagedArtifact, digest, pack, unpack
from matching.learning.features import CONTENT
from tests.factories.fit_models import plain_model, random_model, taught_world
from tests.factories.learning import small_past
from tests.factories.matching import dice, random_profile

SEEDS = st.integers(0, 2**32)


def _packed(seed: int = 1) -> bytes:
    random = dice(seed)
    return pack(random_model(seed, [random_profile(random, number) for number in range(4)]))


def _same(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    if is_dataclass(one):
        for field in fields(one):
            _same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    else:
        assert one == other


@given(seed=SEEDS, size=st.integers(0, 12))
def test_a_model_comes_back_as_it_was(seed: int, size: int) -> None:
    random = dice(seed)
    model = random_model(seed, [random_profile(random, number) for number in range(size)])
    data = pack(model)
    _same(unpack(data, digest(data)), model)
    assert pack(unpack(data, digest(data))) == data


def test_an_empty_model_comes_back_too() -> None:
    data = pack(plain_model({}))
    _same(unpack(data, digest(data)), plain_model({}))


@given(seed=SEEDS)
def test_the_same_model_is_the_same_bytes(seed: int) -> None:
    assert _packed(seed) == _packed(seed)


@given(seed=SEEDS)
def test_a_model_that_came_back_ranks_as_before(seed: int) -> None:
    world = taught_world(seed, 20)
    assert world.model is not None
    data = pack(world.model)
    assert replace(world, model=unpack(data, digest(data))).ranked() == world.ranked()


@given(place=st.floats(0, 0.999), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed(place: float, bit: int) -> None:
    data = _packed()
    turned = bytearray(data)
    turned[int(place * len(data))] ^= 1 << bit
    with pytest.raises(DamagedArtifact):
        unpack(bytes(turned), digest(data))


@given(place=st.floats(0, 0.999), bit=st.integers(0, 7))
def test_bytes_that_are_no_model_raise_nothing_else(place: float, bit: int) -> None:
    """As whoever can write the digest as well as the bytes might try."""
    turned = bytearray(_packed())
    turned[int(place * len(turned))] ^= 1 << bit
    with suppress(DamagedArtifact):
        unpack(bytes(turned), digest(bytes(turned)))


@pytest.mark.parametrize("kept", [0, 1, 100, -1])
def test_a_truncated_artifact_is_refused(kept: int) -> None:
    data = _packed()
    with pytest.raises(DamagedArtifact):
        unpack(data[:kept], digest(data))
    with pytest.raises(DamagedArtifact):
        unpack(data[:kept], digest(data[:kept]))


def _contents(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays and figures of an artifact."""
    with np.load(BytesIO(data)) as found:
        arrays = {name: found[name] for name in found.files}
    return arrays, json.loads(arrays.pop("meta").tobytes())


def _made(arrays: dict[str, Any], meta: Any) -> bytes:
    buffer = BytesIO()
    text = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    np.savez(buffer, **arrays, meta=text)
    return buffer.getvalue()


def _refused(arrays: dict[str, Any], meta: Any) -> None:
    data = _made(arrays, meta)
    with pytest.raises(DamagedArtifact):
        unpack(data, digest(data))


def test_what_another_version_meant_is_refused() -> None:
    arrays, meta = _contents(_packed())
    unpack(_made(arrays, meta), digest(_made(arrays, meta)))
    _refused(arrays, {**meta, "format": 0})
    _refused(arrays, {**meta, "content": meta["content"][::-1]})
    _refused(arrays, {**meta, "content": meta["content"][:-1]})


def test_what_lacks_something_or_has_too_much_is_refused() -> None:
    arrays, meta = _contents(_packed())
    for name in arrays:
        _refused({other: array for other, array in arrays.items() if other != name}, meta)
    for name in meta:
        _refused(arrays, {other: value for other, value in meta.items() if other != name})
    _refused({**arrays, "more": np.zeros(1)}, meta)
    _refused(arrays, {**meta, "more": 1})
    _refused(arrays, [])
    with pytest.raises(DamagedArtifact):
        unpack(b"PK", digest(b"PK"))


class _Bomb:
    """Pickled, it would write a note when it is read."""

    def __reduce__(self) -> Any:
        return _go_off, ()


_went_off: list[bool] = []


def _go_off() -> None:
    _went_off.append(True)


def test_a_pickle_is_refused_unread() -> None:
    arrays, meta = _contents(_packed())
    bomb = np.array([_Bomb()], dtype=object)
    _refused({**arrays, "covariance": bomb}, meta)
    buffer = BytesIO()
    np.save(buffer, bomb, allow_pickle=True)
    with pytest.raises(DamagedArtifact):
        unpack(buffer.getvalue(), digest(buffer.getvalue()))
    assert _went_off == []


def test_there_is_nothing_of_a_client_in_it() -> None:
    past = small_past()
    arrays, meta = _contents(pack(past.model()))
    text = json.dumps(meta)
    assert not any(key in text for key in past.ratings.client_keys)
    # An array is as long as there are therapists, needs, columns or codes.
    longest = max(length for array in arrays.values() for length in array.shape)
    assert longest < len(past.ratings.client_keys)


@pytest.mark.parametrize(
    "changed",
    [
        {"level": float("nan")},
        {"level": "6.5"},
        {"spread": 0.0},
        {"pair_variance": -1.0},
        {"reliability": 2.0},
        {"content": np.zeros(3)},
        {"content": np.full(len(CONTENT), np.inf)},
        {"style_shift": np.zeros(1)},
    ],
    ids=str,
)
def test_a_model_that_could_not_rank_is_refused_whatever_its_digest(
    changed: dict[str, Any],
) -> None:
    data = pack(replace(plain_model({"t-1": {"clients": 5}}), **changed))
    with pytest.raises(DamagedArtifact):
        unpack(data, digest(data))


def test_needs_that_do_not_fit_together_are_refused() -> None:
    model = plain_model({"t-1": {"clients": 5, "needs": {"grief": (0.1, 0.1, 5)}}})
    for changed in ({"need": np.array([7], np.int32)}, {"need_effect": np.zeros(3)}):
        data = pack(replace(model, evidence=replace(model.evidence, **changed)))
        with pytest.raises(DamagedArtifact):
            unpack(data, digest(data))


def test_bytes_that_unpack_to_far_more_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _packed()
    monkeypatch.setattr(artifact, "MOST_BYTES", 1_000)
    with pytest.raises(DamagedArtifact):
        unpack(data, digest(data))
