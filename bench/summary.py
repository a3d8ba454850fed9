"""What stands in `bench/results.json` as a page of tables, docs/measured.md."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import exposure, off_policy, switching
from bench.parts import SHOWN

PAGE = Path(__file__).parent.parent / "docs" / "measured.md"
_HEAD = """# What was measured

Written by `python -m bench summary` from `bench/results.json`; what the figures mean stands in
[benchmarks.md](benchmarks.md).
"""

_MAIN = (
    "rapport", "bayes", "bayes_in_steps", "content", "mean", "mean_in_steps", "ridge",
    "content_lightfm", "lightfm", "lightfm_warp", "boosting", "svd", "ease", "als", "bpr",
)  # fmt: skip


def write(results: Mapping[str, Any]) -> None:
    """Write every table that has been measured as Markdown."""
    PAGE.write_text(text(results))
    print(PAGE.relative_to(PAGE.parent.parent))


def text(results: Mapping[str, Any]) -> str:
    """The page: a heading and a table for each of those that have been measured."""
    parts: Mapping[str, tuple[str, Callable[[Any], str]]] = {
        "quality": ("Table 1: ranking quality where the truth is known", _quality),
        "parts": ("Where the distance to Bayes-optimal lies", _parts),
        "calibration": ("How far expected fits can be believed", _calibration),
        "real": ("Table 2: ranking quality, real ratings", _real),
        "training": ("Table 5: training", _training),
        "switching": ("Switching", _switching),
        "off_policy": ("Whether intervals of off-policy estimates hold the truth", _off_policy),
        "suggested": ("Suggested weights", _suggested),
        "exposure": ("Exposure-aware arrangement", _exposure),
    }
    found = [f"## {title}\n\n{part(results[name])}\n" for name, (title, part) in parts.items()
             if results.get(name)]  # fmt: skip
    return "\n".join([_HEAD, *found])


def _quality(rows: Sequence[Mapping[str, Any]]) -> str:
    """Share of the attainable gain, and Rapport's share of Bayes-optimal's."""
    names = [name for name in _MAIN if any(name in row["methods"] for row in rows)]
    lines = [_line(["world", "ratings", "of Bayes-optimal", *(_title(name) for name in names)])]
    lines.append(_line(["---"] * (len(names) + 3)))
    for row in rows:
        cells = row["methods"]
        ours = cells.get("rapport", {})
        of_best = "–" if ours.get("ratio") is None else _with(ours["ratio"], ours["ratio_half"])
        gains = [f"{cells[name]['gain']:.2f}" if name in cells else "–" for name in names]
        lines.append(_line([_title(row["world"]), f"{row['ratings']:,}", of_best, *gains]))
    return "\n".join(lines)


def _parts(rows: Sequence[Mapping[str, Any]]) -> str:
    """Share of the attainable gain, and what is left open of each part."""
    head = ["world", "method", "gain", *(_title(name) for name in SHOWN)]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in rows:
        for name, gain in row["gains"].items():
            left = row["open"].get(name, {})
            cells = [_with(*gain), *(_figure(left.get(part)) for part in SHOWN)]
            lines.append(_line([_title(row["world"]), _title(name), *cells]))
    return "\n".join(lines)


def _calibration(rows: Sequence[Mapping[str, Any]]) -> str:
    """Slopes, coverage and the share of new therapists."""
    head = ["world", "ratings", "slope", "covers of 80 %", "new of top", "by Bayes", "of roster"]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in rows:
        new, covers = row["new"], dict(zip(row["levels"], row["coverage"], strict=True))[0.8]
        figures = [row["slope"], covers, new["top"], new["bayes_top"], new["roster"]]
        cells = [f"{figure:.2f}" for figure in figures]
        lines.append(_line([_title(row["world"]), f"{row['ratings']:,}", *cells]))
    return "\n".join(lines)


def _real(rows: Sequence[Mapping[str, Any]]) -> str:
    """Concordance, how far ahead of the best other, and errors of those that foretell ratings."""
    names = [name for name in _MAIN if name in rows[0]["methods"]]
    lines = [_line(["test", "ratings", "ahead", *(_title(name) for name in names), "RMSE",
                    "of mean's", "slope", "covers of 80 %"])]  # fmt: skip
    lines.append(_line(["---"] * (len(names) + 7)))
    for row in rows:
        cells, ahead = row["methods"], row["ahead"]
        ours, mean = cells["rapport"], cells.get("mean", {})
        found = [f"{cells[name]['concordance']:.3f}" for name in names]
        share = f"{ours['rmse'] / mean['rmse']:.3f}" if mean else "–"
        errors = [f"{ours['rmse']:.2f}", share, _figure(ours["slope"]), _figure(ours["coverage"])]
        lead = f"{ahead['by']:+.3f} ± {ahead['half']:.3f} ({_title(ahead['of'])})"
        lines.append(_line([row["test"], f"{row['ratings']:,}", lead, *found, *errors]))
    return "\n".join(lines)


def _training(rows: Sequence[Mapping[str, Any]]) -> str:
    """Ratios to LightFM's own fit, seconds and peak memory."""
    lines = [_line(["ratings", "× LightFM", "seconds", "peak MB", "LightFM's s", "its peak MB"])]
    lines.append(_line(["---"] * 6))
    for row in rows:
        ours, theirs = row["train"], row["lightfm"]
        cells = [f"{ours['seconds']:.1f}", f"{ours['peak_mb']:.0f}", f"{theirs['seconds']:.2f}",
                 f"{theirs['peak_mb']:.0f}"]  # fmt: skip
        lines.append(_line([f"{row['ratings']:,}", f"{row['times_lightfm']:.1f}", *cells]))
    return "\n".join(lines)


def _switching(found: Mapping[str, Any]) -> str:
    """Points of true fit gained, and how often a list follows a reason of style."""
    columns = {"next": "over the next", "other": "any other", "best": "the best of all",
               **{name: name for name in switching.KINDS}}  # fmt: skip
    head = ["world", "wishes", "model", "who switch", *columns.values()]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in found["gains"]:
        cells = [_gain(*row[name]) for name in columns]
        model = _whether(row["model"])
        lines.append(_line([row["world"], row["wishes"], model, str(row["next_clients"]), *cells]))
    lines += ["", _line(["model", "lists", "lead less", "by"]), _line(["---"] * 4)]
    for row in found["following"]:
        cells = [str(row["lists"]), f"{row['less']:.3f}", f"{-row['mean']:.2f}"]
        lines.append(_line([_whether(row["model"]), *cells]))
    return "\n".join(lines)


def _off_policy(found: Mapping[str, Any]) -> str:
    """How often the 95 % intervals hold the truth: over all rows, and row by row."""
    head = ["chosen", "estimate", "of", "covered", "runs", "worst row"]
    lines = [_line(head), _line(["---"] * len(head))]
    for one in found["covered"]:
        covered = f"{one['coverage']:.3f} ({one['low']:.3f} to {one['high']:.3f})"
        worst = f"{one['worst_row']:.3f}"
        cells = [_title(one["method"]), one["of"], covered, f"{one['runs']:,}", worst]
        lines.append(_line([one["choosing"], *cells]))
    columns = [(method, of) for method in off_policy.METHODS for of in ("value", "difference")]
    figures = [f"{_title(method)}: {of}" for method, of in columns]
    head = ["near tie", "model", "weighting", "chosen", "outcomes", "refused", "effective"]
    head += ["silent", "truth", *figures, "its half width"]
    lines += ["", _line(head), _line(["---"] * len(head))]
    for row in found["rows"]:
        start = [f"{row['near_tie']:g}", _whether(row["model"]), row["weighting"], row["choosing"]]
        shares = [f"{row['refused']:.2f}", f"{row['effective'] / row['outcomes']:.2f}"]
        shares += [f"{row['unsupported']:.3f}", f"{row['truth']:+.3f}"]
        told = [row[method].get(of) for method, of in columns]
        hit = [f"{one['covered'] / one['of']:.3f}" if one else "–" for one in told]
        half = f"{told[-1]['half_width']:.3f}" if told[-1] else "–"
        lines.append(_line([*start, f"{row['outcomes']:,}", *shares, *hit, half]))
    return "\n".join(lines)


def _suggested(rows: Sequence[Mapping[str, Any]]) -> str:
    """Distances to the true weights, the gain of those offered, and who would rank worse."""
    names = ("present", "estimate", "offered", "plain")
    head = ["world", "ratings", "better", *(f"{name}: distance" for name in names),
            "gain on average", "falls", "gain here", "falls", "covers of 90 %"]  # fmt: skip
    lines = [_line(head), _line(["---"] * len(head))]
    for row in rows:
        distances = [_mean(row[f"{name}_distance"]) for name in names]
        gains = [
            cell
            for kind in ("usual", "here")
            for cell in (_mean(row[f"offered_{kind}"], "+"), str(row[f"offered_{kind}_falls"]))
        ]
        better = f"{row['better']} of {row['runs']}"
        start = [_title(row["world"]), f"{row['ratings']:,}", better]
        lines.append(_line([*start, *distances, *gains, _figure(row["covered"])]))
    return "\n".join(lines)


def _exposure(rows: Sequence[Mapping[str, Any]]) -> str:
    """What an arrangement by exposure costs in fit, and what it gains in fairness."""
    head = ["world", "model", "taken", "exposure", *exposure.COLUMNS.values()]
    lines = [_line(head), _line(["---"] * len(head))]
    for row in rows:
        start = [_title(row["world"]), _whether(row["model"]), f"{row['taken']:.2f}"]
        cells = [_mean(row[name]) for name in exposure.COLUMNS]
        lines.append(_line([*start, f"{row['exposure']:.2f}", *cells]))
    return "\n".join(lines)


def _mean(found: Sequence[float | None], sign: str = "") -> str:
    mean, half = found
    return f"{mean:{sign}.3f}" + ("" if half is None else f" ± {half:.3f}")


def _whether(flag: bool) -> str:
    return "yes" if flag else "no"


def _gain(mean: float | None, half: float | None) -> str:
    return "–" if mean is None else f"{mean:+.3f}" + ("" if half is None else f" ± {half:.3f}")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _with(value: float, half: float | None) -> str:
    return f"{value:.2f}" if half is None else f"{value:.2f} ± {half:.2f}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _title(name: str) -> str:
    return name.replace("_", " ")
