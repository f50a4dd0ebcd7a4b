"""A benchmark's result as tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# For the estimate of a cluster: people, days, cores, and the share of time in which cores are busy.
COUNTRY, YEAR, CORES, BUSY = 10_000_000, 365, 64, 0.7


def all_tables(result: dict[str, Any]) -> str:
    """The facts and all tables of a result."""
    parts = [_facts(result), _comparison(result), _models(result["default"])]
    runs = {"without bandicoot": result["pipeline"], "default": result["default"]}
    parts += [_phases("Where the wall seconds go", runs), _ledger(result)]
    for name, section in (
        ("growth", _growth),
        ("increment", _increment),
        ("skew", _skew),
    ):
        if name in result:
            parts.append(section(result))
    if "overhead" in result:
        sections = {f"dbt {name}": run for name, run in result["overhead"].items()}
        parts.append(_phases("Overhead: the mock-up sample", sections))
    if "small" in result:
        small = result["small"]
        title = (
            f"{small['rows']:,} rows of {small['users']:,} users at {small['antennas']:,} antennas"
        )
        runs = {"first run of a server": small["first"], "third": small["warm"]}
        parts.append(_phases(title, runs))
    return "\n\n".join([*parts, _sizing(result)]) + "\n"


def _table(title: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    header = list(header)
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join([f"### {title}", "", *(f"| {' | '.join(map(str, line))} |" for line in lines)])


def _facts(result: dict[str, Any]) -> str:
    data, machine, versions = result["data"], result["machine"], result["versions"]
    return (
        f"## {data['rows']:,} rows of {data['users']:,} users at {data['antennas']:,} antennas in "
        f"{data['days']} days ({_size(data['bytes'])} of CSV)\n\n"
        f"{result['made_at']}, {machine['cores']} cores ({machine['processor']}), "
        f"{_size(machine['memory'])} of memory, median of {result['rounds']} rounds; "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
    )


def _comparison(result: dict[str, Any]) -> str:
    rows = []
    for name in ("floor", "oracle", "pipeline", "default"):
        run = result[name]
        work = run["spark"]
        rows.append(
            (
                name, f"{run['wall']:.1f}", f"{run['cpu']:.1f}",
                f"{run['rows_per_second']:,.0f}", _size(run["peak_memory"]),
                _size(run["read_by_spark"]) if name != "oracle" else "",
                *(
                    _size(work[f"bytes_{kind}"]) if name != "oracle" else ""
                    for kind in ("shuffled", "spilled", "written")
                ),
                f"{run['cpu_of_others']:.1f}",
            )
        )  # fmt: skip
    table = _table(
        "Floor, oracle, pipeline without bandicoot, and default run",
        ("", "wall s", "CPU s", "rows/s", "peak memory", "read", "shuffled", "spilled", "written",
         "CPU s of other programs"),
        rows,
    )  # fmt: skip
    words = {"floor": "the floor", "oracle": "the oracle", "last": "the last recorded result"}
    ratios = [
        (
            f"{which}, {words[name]}",
            *(f"{of[f'{name}_{kind}']:.2f}" for kind in ("wall", "cpu")),
        )
        for which, of in result["ratios"].items()
        for name in words
        if f"{name}_wall" in of
    ]
    return f"{table}\n\n{_table('Times', ('', 'wall', 'CPU'), ratios)}"


def _models(run: dict[str, Any]) -> str:
    rows = [
        (
            name, model["level"], f"{model['wall']:.1f}", f"{model['shared_wall']:.1f}",
            f"{model['cpu']:.1f}", f"{model['longest_task']:.1f}",
            f"{model['rows_written']:,}", model["stages"], model["tasks"],
            *(_size(model[f"bytes_{kind}"]) for kind in ("shuffled", "spilled", "written")),
        )
        for name, model in sorted(
            run["models"].items(), key=lambda item: (item[1]["level"], -item[1]["shared_wall"])
        )
        if model["stages"]  # not views
    ]  # fmt: skip
    return _table(
        "Models",
        ("model", "level", "wall s", "of the whole s", "CPU s", "longest task s", "rows", "stages",
         "tasks", "shuffled", "spilled", "written"),
        rows,
    )  # fmt: skip


def _phases(title: str, runs: dict[str, dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for run in runs.values() for name in run["phases"]))
    rows = [
        (name, *(f"{run['phases'].get(name, 0):.1f}" for run in runs.values())) for name in names
    ]
    rows.append(("all", *(f"{run['wall']:.1f}" for run in runs.values())))
    rows.append(("CPU s", *(f"{run['cpu']:.1f}" for run in runs.values())))
    return _table(title, ("wall s", *runs), rows)


def _ledger(result: dict[str, Any]) -> str:
    """What the CPU seconds of each kind of run are spent on."""
    runs = {"without bandicoot": result["pipeline"], "default": result["default"]}
    if "increment" in result:
        runs |= {
            "one more day": result["increment"]["one_more"],
            "nothing new": result["increment"]["nothing_new"],
        }
    if "small" in result:
        title = f"{result['small']['rows'] / 1e6:.0f} million rows"
        runs |= {f"{title}, first": result["small"]["first"], "third": result["small"]["warm"]}
    if "overhead" in result:
        runs |= {f"sample: {name}": run for name, run in result["overhead"].items()}
    rows = [
        (
            "dbt" if kind == "client" else kind,
            *(f"{run['ledger'][kind]:.1f}" for run in runs.values()),
        )
        for kind in result["pipeline"]["ledger"]
    ]
    rows.append(("all", *(f"{run['cpu']:.1f}" for run in runs.values())))
    return _table("Where the CPU seconds go", ("CPU s", *runs), rows)


def _growth(result: dict[str, Any]) -> str:
    rows, before = [], None
    for step in result["growth"]:
        run, floor = step["pipeline"], step["floor"]
        times = f"{run['wall'] / before:.2f}" if before else ""
        rows.append(
            (
                f"{step['rows']:,}", f"{step['users']:,}", f"{run['wall']:.1f}", times,
                f"{run['cpu']:.1f}", f"{1e6 * run['cpu'] / step['rows']:.2f}",
                f"{run['wall'] / floor['wall']:.2f}", _size(run["peak_memory"]),
                _size(run["spark"]["bytes_shuffled"]), _size(run["spark"]["bytes_spilled"]),
            )
        )  # fmt: skip
        before = run["wall"]
    return _table(
        "Growth",
        ("rows", "users", "wall s", "times the one before", "CPU s", "CPU us per row",
         "times the floor", "peak memory", "shuffled", "spilled"),
        rows,
    )  # fmt: skip


def _increment(result: dict[str, Any]) -> str:
    words = {
        "all_but_one": "all days but the last",
        "one_more": "one more day",
        "nothing_new": "nothing new",
    }
    rows = [
        (
            words[name],
            f"{run['wall']:.1f}",
            f"{run['cpu']:.1f}",
            f"{run['wall'] / result['pipeline']['wall']:.2f}",
            _size(run["read_by_spark"]),
        )
        for name, run in result["increment"].items()
    ]
    return _table("Increment", ("", "wall s", "CPU s", "of the whole", "read"), rows)


def _skew(result: dict[str, Any]) -> str:
    even, skewed = result["skew"]["even"], result["skew"]["skewed"]
    rows = [
        (
            name, f"{run_even['wall']:.1f}", f"{run_skewed['wall']:.1f}",
            f"{run_skewed['wall'] / run_even['wall']:.2f}",
            f"{run_even['cpu']:.1f}", f"{run_skewed['cpu']:.1f}",
            f"{task_even:.1f}", f"{task_skewed:.1f}",
        )
        for name, run_even, run_skewed, task_even, task_skewed in [
            ("all", even, skewed,
             even["spark"]["longest_task"], skewed["spark"]["longest_task"]),
            *(
                (name, even["models"][name], model,
                 even["models"][name]["longest_task"], model["longest_task"])
                for name, model in skewed["models"].items()
                if model["shared_wall"] > 0.02 * skewed["wall"]
            ),
        ]
    ]  # fmt: skip
    return _table(
        "Skew: one user has 5 % of the events, one antenna 20 %",
        ("", "even wall s", "skewed wall s", "ratio", "even CPU s", "skewed CPU s",
         "longest task even s", "skewed s"),
        rows,
    )  # fmt: skip


def _sizing(result: dict[str, Any]) -> str:
    """An estimate for a year of a large country, from the measured rates."""
    data, run = result["data"], result["pipeline"]
    steps = result.get("growth", [])[-2:]
    if len(steps) == 2:  # the cost of further rows, without the fixed cost of a run
        rows_more = steps[1]["rows"] - steps[0]["rows"]
        cpu = (steps[1]["pipeline"]["cpu"] - steps[0]["pipeline"]["cpu"]) / rows_more
    else:
        cpu = run["cpu"] / data["rows"]
    per_user = data["rows"] / data["users"] / data["days"]
    rows = COUNTRY * YEAR * per_user
    bandicoot = (result["default"]["cpu"] - run["cpu"]) / data["rows"]
    hours = rows * (cpu + bandicoot) / 3600

    def each_row(kind: str) -> float:
        return run["spark"][f"bytes_{kind}"] / data["rows"]

    day = rows / YEAR
    lines = [
        ("rows", f"{COUNTRY:,} users x {YEAR} days x {per_user:.2f} rows", f"{rows:,.0f}"),
        (
            "CSV",
            f"x {data['bytes'] / data['rows']:.1f} bytes",
            _size(rows * data["bytes"] / data["rows"]),
        ),
        ("CPU hours", f"x {1e6 * cpu:.2f} us / 3600", f"{rows * cpu / 3600:,.0f}"),
        (
            "CPU hours, bandicoot",
            f"x {1e6 * bandicoot:.2f} us / 3600",
            f"{rows * bandicoot / 3600:,.0f}",
        ),
        ("shuffled", f"x {each_row('shuffled'):.1f} bytes", _size(rows * each_row("shuffled"))),
        ("written", f"x {each_row('written'):.1f} bytes", _size(rows * each_row("written"))),
        (
            f"hours on {CORES} cores",
            f"CPU hours / {CORES} / {BUSY:.0%} busy",
            f"{hours / CORES / BUSY:.1f}",
        ),
        ("rows of one more day", f"/ {YEAR}", f"{day:,.0f}"),
        (
            "minutes to read them",
            f"x {1e6 * cpu:.2f} us / {CORES} / {BUSY:.0%} / 60",
            f"{day * cpu / CORES / BUSY / 60:.1f}",
        ),
    ]
    return _table(f"{COUNTRY:,} users and a year", ("", "arithmetic", "result"), lines)


def _size(count: float) -> str:
    """Bytes in the unit that fits."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.2f} GB" if count < 1000 else f"{count / 1000:.2f} TB"
