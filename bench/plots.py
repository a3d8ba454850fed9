"""Plots of what stands in `bench/results.json`, as SVG for the documentation."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

IMAGES = Path(__file__).parent.parent / "docs" / "images"

# Drawn in this order; every line has a marker of its own, so that colour is not all that tells.
STYLES: Mapping[str, tuple[str, str, str]] = {
    "bayes": ("Bayes-optimal", "#222222", "--"),
    "rapport": ("Rapport", "#0b6e4f", "o-"),
    "content": ("content only", "#8a6d3b", "s-"),
    "mean": ("shrunken mean", "#5b6fb5", "^-"),
    "ridge": ("mixed ridge", "#b5485b", "v-"),
    "content_lightfm": ("content + LightFM", "#c98a1b", "D-"),
    "lightfm_warp": ("LightFM, WARP", "#9a9a9a", "x-"),
    "boosting": ("boosted trees", "#7a4fa3", "P-"),
}
_COLUMNS = 4


def draw(results: Mapping[str, Any]) -> None:
    """Draw what has been measured; the same results give the same files."""
    import matplotlib as mpl  # noqa: PLC0415 - for the plots only

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "rapport", "svg.fonttype": "path", "font.size": 8})
    IMAGES.mkdir(parents=True, exist_ok=True)
    if results.get("quality"):
        _quality(results["quality"])
    if results.get("calibration"):
        _calibration(results["calibration"])
        _coverage(results["calibration"])


def _quality(rows: Sequence[Mapping[str, Any]]) -> None:
    """Share of the attainable gain by the number of past ratings, a panel a world."""
    worlds = list(dict.fromkeys(row["world"] for row in rows))
    figure, panels = _panels(len(worlds), 2.2)
    for panel, world in zip(panels, worlds, strict=True):
        mine = [row for row in rows if row["world"] == world]
        places = range(len(mine))
        for name, (label, colour, style) in STYLES.items():
            known = [(at, row["methods"].get(name)) for at, row in zip(places, mine, strict=True)]
            points = [(at, cell["gain"], cell["half"] or 0) for at, cell in known if cell]
            if points:
                at, gain, half = zip(*points, strict=True)
                panel.plot(at, gain, style, color=colour, label=label, markersize=3, linewidth=1)
                if name == "rapport":
                    low = [one - by for one, by in zip(gain, half, strict=True)]
                    high = [one + by for one, by in zip(gain, half, strict=True)]
                    panel.fill_between(at, low, high, color=colour, alpha=0.15, linewidth=0)
        panel.set_xticks(list(places), [f"{row['ratings']:,}" for row in mine])
        panel.set_ylim(-0.1, 1)
        panel.set_title(world.replace("_", " "))
    figure.supylabel("share of attainable gain")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=_COLUMNS, frameon=False)
    _save(figure, "quality", bottom=0.07)


def _calibration(rows: Sequence[Mapping[str, Any]]) -> None:
    """Truth by prediction, both as points above the client's mean, in bins of as many pairs."""
    worlds = list(dict.fromkeys(row["world"] for row in rows))
    figure, panels = _panels(len(worlds), 2.2)
    for panel, world in zip(panels, worlds, strict=True):
        panel.axline((0, 0), slope=1, color="#999999", linewidth=0.8, linestyle=":")
        for row, style in zip(
            (r for r in rows if r["world"] == world), ("s--", "o-"), strict=False
        ):
            label = f"{row['ratings']:,} ratings"
            panel.plot(row["told"], row["truly"], style, label=label, color="#0b6e4f", markersize=3)
        panel.set_title(world.replace("_", " "))
    panels[0].legend(frameon=False)
    figure.supylabel("true fit, points above the client's mean")
    figure.supxlabel("expected fit, points above the client's mean")
    _save(figure, "calibration", bottom=0.0)


def _coverage(rows: Sequence[Mapping[str, Any]]) -> None:
    """How often pairs' mean fits lie in their intervals, by what the intervals claim."""
    sizes = sorted({row["ratings"] for row in rows})
    figure, panels = _panels(len(sizes), 3.2, len(sizes))
    for panel, size in zip(panels, sizes, strict=True):
        panel.axline((0, 0), slope=1, color="#999999", linewidth=0.8, linestyle=":")
        for place, row in enumerate(one for one in rows if one["ratings"] == size):
            # Ten colours come round again: the worlds of another kind have another line.
            style = "s--" if row["world"].startswith("simple") else "o-"
            name, colour = row["world"].replace("_", " "), f"C{place % 10}"
            panel.plot(row["levels"], row["coverage"], style, color=colour, label=name,
                       markersize=3, linewidth=0.8)  # fmt: skip
        panel.set_xlim(0.45, 1)
        panel.set_ylim(0.45, 1)
        panel.set_title(f"{size:,} ratings")
        panel.set_xlabel("claimed")
    panels[0].set_ylabel("covered")
    panels[-1].legend(frameon=False, loc="center left", bbox_to_anchor=(1.02, 0.5))
    _save(figure, "coverage", bottom=0.0)


def _panels(count: int, side: float, columns: int = _COLUMNS) -> tuple[Any, list[Any]]:
    from matplotlib import pyplot  # noqa: PLC0415 - for the plots only

    lines = -(-count // columns)
    figure, grid = pyplot.subplots(
        lines, columns, figsize=(side * columns, side * lines), squeeze=False, sharey=True
    )
    panels = list(grid.ravel())
    for empty in panels[count:]:
        empty.remove()
    for panel in panels[:count]:
        panel.grid(color="#eeeeee", linewidth=0.5)
        panel.spines[["top", "right"]].set_visible(False)
    return figure, panels[:count]


def _save(figure: Any, name: str, *, bottom: float) -> None:
    figure.tight_layout(rect=(0, bottom, 1, 1))
    figure.savefig(IMAGES / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight")
    print(f"docs/images/{name}.svg")
