"""`matching` is pure: it imports arrays, learning, parts of the standard library, and no more."""

import ast
from pathlib import Path

import pytest

import matching

ROOT = Path(matching.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

# No web, SQL, files, network, clock, environment or processes. `random` is global state, so
# randomness comes from numpy generators or hashes with seeds that are passed in.
STANDARD = {
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "hashlib",
    "itertools",
    "json",
    "math",
    "struct",
    "types",
    "typing",
    "zlib",
}
SCIENCE = {"numpy", "scipy", "sklearn", "lightfm", "threadpoolctl"}
# Of modules that can do more, what touches no file.
PARTS = {"io": {"BytesIO"}, "zipfile": {"ZipFile"}}
ALLOWED = STANDARD | SCIENCE | {"matching"} | set(PARTS)

# What would bring a clock, global randomness or files in through an allowed module.
FORBIDDEN_CALLS = {
    "now",
    "utcnow",
    "today",
    "open",
    "load",
    "save",
    "savez",
    "savez_compressed",
    "fromfile",
    "memmap",
    "loadtxt",
    "savetxt",
    "genfromtxt",
    "tofile",
    "eval",
    "exec",
    "__import__",
    "getenv",
}
# The one file that makes bytes of arrays, and arrays of bytes, in a buffer.
IN_A_BUFFER = {"learning/artifact.py": {"load", "savez_compressed"}}
# Of numpy.random, only what takes a seed.
SEEDED = {"Generator", "PCG64", "SeedSequence", "default_rng", "BitGenerator"}


def _imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports within matching are absolute"
            names.add(str(node.module))
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_what_is_allowed_is_imported(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert {name.partition(".")[0] for name in _imported(tree)} <= ALLOWED
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not {alias.name for alias in node.names} & set(PARTS)
        elif isinstance(node, ast.ImportFrom) and node.module in PARTS:
            assert {alias.name for alias in node.names} <= PARTS[node.module]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_there_is_no_clock_file_or_global_randomness(path: Path) -> None:
    forbidden = FORBIDDEN_CALLS - IN_A_BUFFER.get(str(path.relative_to(ROOT)), set())
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            name = name.id if isinstance(name, ast.Name) else name
            assert name not in forbidden
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            assert node.value.attr != "random" or node.attr in SEEDED


def test_only_the_affinity_uses_lightfm() -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if any(name.startswith("lightfm") for name in _imported(ast.parse(path.read_text())))
    }
    assert users <= {"learning/affinity.py"}


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 20
