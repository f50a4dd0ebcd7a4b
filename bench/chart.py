"""A benchmark's result as a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LEVELS = ("0 events", "1 users", "2 antennas", "3 features", "4 release")
# dbt, floor and oracle in grey; levels in the colours of the lineage graph, from dark to light.
GREY, FLOOR, ORACLE = "#95a5a6", "#7f8c8d", "#b2babb"
LEVEL_COLOURS = ("#d35400", "#f39c12", "#2980b9", "#7fb3d5", "#27ae60")


def draw(result: dict[str, Any], file: Path) -> None:
    """Draw the wall seconds by level, without and with bandicoot, beside floor and oracle, and their
    growth if it was measured."""
    from matplotlib.figure import Figure

    panels = 2 if "growth" in result else 1
    figure = Figure(figsize=(4.8 * panels, 4.2), layout="constrained")
    axes = figure.subplots(1, panels, squeeze=False)[0]
    _draw_levels(axes[0], result)
    if panels == 2:
        _draw_growth(axes[1], result["growth"])
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=150)


def _draw_levels(axes: Any, result: dict[str, Any]) -> None:
    for place, (name, colour) in enumerate((("floor", FLOOR), ("oracle", ORACLE))):
        _bar(axes, place, result[name]["wall"], 0, colour)
    for place, name in ((2, "pipeline"), (3, "default")):
        _draw_run(axes, place, result[name], with_labels=place == 2)
    axes.set_xticks(
        range(4),
        ["Spark parses\nthe CSV", "DuckDB in\nmemory", "without\nbandicoot", "default\nrun"],
    )
    axes.set_ylabel("wall seconds")
    axes.set_title(
        f"{result['data']['rows'] / 1e6:.0f} million rows, {result['machine']['cores']} cores",
        loc="left",
    )
    highest = max(result[name]["wall"] for name in ("floor", "oracle", "pipeline", "default"))
    axes.set_ylim(0, 1.12 * highest)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="upper left", frameon=False)
    _tidy(axes)


def _draw_run(axes: Any, place: int, run: dict[str, Any], *, with_labels: bool) -> None:
    """A run of dbt: its levels above each other."""
    parts = [
        *zip(LEVELS, run["levels"].values(), LEVEL_COLOURS, strict=True),
        ("dbt and checks", run["wall"] - sum(run["levels"].values()), GREY),
    ]
    below = 0.0
    for name, seconds, colour in parts:
        label = name if with_labels else None
        axes.bar(place, seconds, bottom=below, color=colour, width=0.6, label=label)
        if seconds > 0.06 * run["wall"]:
            axes.text(
                place,
                below + seconds / 2,
                f"{seconds:.0f}",
                ha="center",
                va="center",
                color="white",
            )
        below += seconds
    axes.text(place, below, f"{below:.0f} s", ha="center", va="bottom", weight="bold")


def _bar(axes: Any, place: int, seconds: float, below: float, colour: str) -> None:
    axes.bar(place, seconds, bottom=below, color=colour, width=0.6)
    axes.text(place, seconds, f"{seconds:.0f} s", ha="center", va="bottom", weight="bold")


def _draw_growth(axes: Any, growth: list[dict[str, Any]]) -> None:
    millions = [step["rows"] / 1e6 for step in growth]
    for name, colour, label in (
        ("pipeline", LEVEL_COLOURS[0], "pipeline"),
        ("floor", FLOOR, "Spark parses the CSV"),
    ):
        seconds = [step[name]["wall"] for step in growth]
        axes.plot(millions, seconds, marker="o", color=colour, label=label)
        axes.annotate(
            f"{seconds[-1]:.0f} s",
            (millions[-1], seconds[-1]),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
        )
    axes.set_xlabel("million rows")
    axes.set_ylabel("wall seconds")
    axes.set_title("Growth", loc="left")
    axes.set_xlim(0, 1.1 * millions[-1])
    axes.set_ylim(0, 1.12 * max(step["pipeline"]["wall"] for step in growth))
    axes.legend(loc="upper left", frameon=False)
    _tidy(axes)


def _tidy(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)
