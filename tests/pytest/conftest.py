"""What the tests share: one Spark server with a warehouse of its own, and dbt in this process."""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import oracle_zones
import pandas as pd
import pytest
import random_cdr
from browser import chromium, open_page  # noqa: F401 (fixtures)
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt_common.clients.jinja import MacroFuzzEnvironment
from dbt_common.tests import enable_test_caching
from pyhive import hive
from xdist.scheduler import LoadScopeScheduling

from dbt_gnuper.local_files import write_key
from scripts import export, mockup
from scripts.server import ServerInfo, start_server, stop_server

PROJECT_ROOT = Path(__file__).resolve().parents[2]

# The state folder of the tests' server, which the workers of pytest-xdist share. It exists before the
# server does, because the tests that need none share its compiled kernels. These are kept for the next
# tests, under names that follow from their source: compiling them takes half a minute.
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
KERNELS = PROJECT_ROOT / ".pytest_cache" / "kernels"
if not IS_WORKER:
    os.environ["GNUPER_TESTS_STATE_DIR"] = state_dir = tempfile.mkdtemp(prefix="gnuper-tests-")
    KERNELS.mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(state_dir, "numba").symlink_to(KERNELS)
STATE_DIR = Path(os.environ["GNUPER_TESTS_STATE_DIR"])
(STATE_DIR / "server.lock").touch()
os.environ["NUMBA_CACHE_DIR"] = str(STATE_DIR / "numba")

# dbt reads the project anew for each command: with what it keeps of templates that it has parsed once,
# as for its own tests, and with fewer looks for garbage among its many objects, in half the time.
enable_test_caching()
gc.set_threshold(100_000, 50, 1000)
# The caching leaves out the compiling of templates, a quarter of what is left.
compile_template = MacroFuzzEnvironment.compile
compiled_templates: dict[tuple[object, ...], Any] = {}


def compile_template_once(self: MacroFuzzEnvironment, source: str) -> Any:
    """The code of one of dbt's templates. It follows from the source and the kind of environment."""
    key = (type(self), *self.extensions, source)
    if key not in compiled_templates:
        compiled_templates[key] = compile_template(self, source)
    return compiled_templates[key]


MacroFuzzEnvironment.compile = compile_template_once  # type: ignore[assignment, method-assign]


def pytest_sessionfinish() -> None:
    """Leave nothing behind."""
    if not IS_WORKER:
        stop_server(STATE_DIR)
        shutil.rmtree(STATE_DIR, ignore_errors=True)


# Fixtures that several files share.
SHARED = {
    "mock-up": re.compile(r"\b(mockup_(project|output)|release_by):"),
    "random": re.compile(r"\b(random|attacked|zoned)_project\b"),
}


class FilesWithTheirBuilds(LoadScopeScheduling):
    """Each worker of pytest-xdist runs one file after the other; files that share a build are one."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        # In the order of their names: the mock-up, which takes longest, is first.
        config.option.loadscopereorder = False

    @functools.cache  # noqa: B019 (there is one scheduler)
    def _scope_of_file(self, file: str) -> str:
        text = (PROJECT_ROOT / file).read_text()
        return next((scope for scope, used in SHARED.items() if used.search(text)), file)

    def _split_scope(self, nodeid: str) -> str:
        return self._scope_of_file(nodeid.split("::", maxsplit=1)[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Its own way of keeping tests together, groups, has no effect with this version of pytest."""
    return FilesWithTheirBuilds(config, log)


@pytest.fixture(scope="session")
def server() -> ServerInfo:
    """A Spark server on free ports, for all tests that need one; it ends with the session."""
    info = start_server(STATE_DIR, thrift_port=0, connect_port=0, driver_memory="3g")
    # profiles.yml.example and the Python models read the ports from here.
    os.environ["GNUPER_THRIFT_PORT"] = str(info.thrift_port)
    os.environ["GNUPER_CONNECT_PORT"] = str(info.connect_port)
    return info


@functools.cache
def _parsed_manifest(variables: str) -> Manifest:
    folder = Path(tempfile.mkdtemp(dir=STATE_DIR, prefix="parsed-"))
    shutil.copy(PROJECT_ROOT / "profiles.yml.example", folder / "profiles.yml")
    result = dbtRunner().invoke(
        [
            "parse", "--quiet",
            "--project-dir", str(PROJECT_ROOT),
            "--profiles-dir", str(folder),
            "--target-path", str(folder / "target"),
            "--log-path", str(folder / "logs"),
            "--vars", variables,
        ]
    )  # fmt: skip
    assert isinstance(result.result, Manifest), result.exception
    return result.result


def parsed_manifest(**variables: Any) -> Manifest:
    """The project as dbt reads it with these vars; read once per session."""
    return _parsed_manifest(json.dumps(variables, sort_keys=True, default=str))


def copy_project(folder: Path) -> Path:
    """What dbt reads of the project, in a folder where tests may change it."""
    for part in ("dbt_project.yml", "macros", "models", "seeds", "tests", "layouts", "analyses"):
        source = PROJECT_ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
    return folder


#: The tables of a release of antennas
RELEASED = [name for name in export.KEYS if name not in export.OF_ZONES]

#: For builds of data whose data tests other builds run
WITHOUT_DATA_TESTS = ("--exclude-resource-type", "test")


@dataclass
class Outcome:
    """What a dbt command did: its result, and all it printed."""

    result: dbtRunnerResult
    output: str

    @property
    def success(self) -> bool:
        """Whether the command would have ended with exit code 0."""
        return self.result.success

    def models(self) -> list[Any]:
        """dbt's results of the models."""
        return [run for run in self._runs() if run.node.resource_type == "model"]

    def statuses(self) -> dict[str, str]:
        """How each node ended, by name."""
        return {run.node.name: str(run.status) for run in self._runs()}

    def _runs(self) -> list[Any]:
        result: Any = self.result.result
        return list(result.results)


@dataclass
class Project:
    """The project in a schema, with a key and folders of its own."""

    server: ServerInfo
    folder: Path
    schema: str
    vars: dict[str, Any] = field(default_factory=dict)
    root: Path = PROJECT_ROOT

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        example = (PROJECT_ROOT / "profiles.yml.example").read_text()
        (self.folder / "profiles.yml").write_text(
            example.replace("schema: gnuper", f"schema: {self.schema}")
        )
        key_file = self.folder / "pseudonym.key"
        if not key_file.exists():
            write_key(key_file, secrets.token_hex(32))
        self.vars.setdefault("pseudonym_key_file", str(key_file))

    @property
    def target(self) -> Path:
        """Where dbt writes its artifacts."""
        return self.folder / "target"

    def dbt(self, *arguments: str, **more_vars: Any) -> Outcome:
        """Run a dbt command as a shell would, with this project's vars and the given ones."""
        events: list[str] = []

        def note(event: Any) -> None:
            events.append(event.info.msg)

        runner = dbtRunner(callbacks=[note])
        result = runner.invoke(self.command(*arguments, **more_vars))
        return Outcome(result, "\n".join(events))

    def command(self, *arguments: str, **more_vars: Any) -> list[str]:
        """The arguments of a dbt command on this project."""
        return [
            *arguments,
            "--project-dir", str(self.root),
            "--profiles-dir", str(self.folder),
            "--target-path", str(self.target),
            "--log-path", str(self.folder / "logs"),
            "--vars", json.dumps({**self.vars, **more_vars}, default=str),
        ]  # fmt: skip

    def build(self, *arguments: str, **more_vars: Any) -> Outcome:
        """`dbt build` without unit tests, which do not look at the data; must succeed."""
        outcome = self.dbt("build", "--exclude-resource-type", "unit_test", *arguments, **more_vars)
        assert outcome.success, outcome.output[-4000:]
        return outcome

    def export(self) -> Path:
        """The folder with the exported files of the last release."""
        output = self.folder / "output"
        export.export(output, self.target)
        return output

    def query(self, sql: str) -> pd.DataFrame:
        """Rows of a query; `{release}` and `{restricted}` stand for the two schemas."""
        with self._cursor(sql) as cursor:
            names = [column[0].rpartition(".")[2] for column in cursor.description]
            return pd.DataFrame(cursor.fetchall(), columns=names)

    def execute(self, sql: str) -> None:
        """Run a statement that returns nothing, with the same two names."""
        with self._cursor(sql):
            pass

    @contextlib.contextmanager
    def _cursor(self, sql: str) -> Iterator[hive.Cursor]:
        """A statement that has run, in a session of its own."""
        connection = hive.connect("127.0.0.1", self.server.thrift_port)
        try:
            cursor = connection.cursor()
            cursor.execute(sql.format(release=self.schema, restricted=f"{self.schema}_restricted"))
            yield cursor
        finally:
            # The server now and then fails to close a session; see dbt_gnuper.thrift_sessions.
            with contextlib.suppress(hive.Error):
                connection.close()

    def table(self, name: str) -> pd.DataFrame:
        """All rows of a released table."""
        return self.query(f"select * from {{release}}.{name}")

    def restricted(self, name: str) -> pd.DataFrame:
        """All rows of a restricted table."""
        return self.query(f"select * from {{restricted}}.{name}")


@pytest.fixture(scope="session")
def make_project(
    server: ServerInfo, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Project]:
    """Makes projects, each with a schema of its own: `make_project('name', privacy_k=0)`."""

    def make(name: str, **project_vars: Any) -> Project:
        folder = tmp_path_factory.mktemp(name)
        return Project(server, folder, f"{name}_{time.time_ns()}", project_vars)

    return make


@pytest.fixture(scope="session")
def random_raw(tmp_path_factory: pytest.TempPathFactory) -> random_cdr.RawData:
    """A random data set with rows of every fault."""
    return random_cdr.generate(tmp_path_factory.mktemp("random") / "raw", 1, bad_rows=True)


@pytest.fixture(scope="session")
def random_project(make_project: Callable[..., Project], random_raw: random_cdr.RawData) -> Project:
    """The project over it, with bandicoot and without the privacy gate."""
    project = make_project("random", **random_cdr.raw_vars(random_raw), privacy_k=0)
    project.build(*WITHOUT_DATA_TESTS)
    return project


@pytest.fixture(scope="session")
def attacked_raw(tmp_path_factory: pytest.TempPathFactory) -> random_cdr.RawData:
    """Random data with the attacks planted (too few users, a dominating user, lone links), and with
    rows of every fault."""
    folder = tmp_path_factory.mktemp("attacked") / "raw"
    return random_cdr.generate(folder, 3, bad_rows=True, attacks=True)


@pytest.fixture(scope="session")
def attacked_project(
    make_project: Callable[..., Project], attacked_raw: random_cdr.RawData
) -> Project:
    """The project over it, with bandicoot, released once with the gate's defaults.

    test_privacy.py comes last: in the end it purges what the others read.
    """
    project = make_project("attacked", **random_cdr.raw_vars(attacked_raw))
    project.build(*WITHOUT_DATA_TESTS)
    return project


@pytest.fixture(scope="session")
def zoned_project(
    make_project: Callable[..., Project], attacked_raw: random_cdr.RawData
) -> Project:
    """The same data, released once by zones of a few antennas each.

    test_other_zones.py comes after test_gate.py: it releases by other zones.
    """
    project = make_project("zoned", **random_cdr.raw_vars(attacked_raw), bandicoot=False)
    zones = oracle_zones.write_thirds(project.folder, attacked_raw.locations)
    project.vars |= {"zones": str(zones), "capital": oracle_zones.CAPITAL}
    project.build(*WITHOUT_DATA_TESTS)
    return project


@pytest.fixture(scope="session")
def small_vars(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Vars of a small mock-up, with one key for all runs that are compared."""
    folder = tmp_path_factory.mktemp("small")
    options = mockup.Options(users=300, antennas=6, days=15, machines=1, outages=0)
    mockup.generate(options, folder / "raw")
    write_key(folder / "pseudonym.key", secrets.token_hex(32))
    return {
        "raw_data_path": str(folder / "raw"),
        "pseudonym_key_file": str(folder / "pseudonym.key"),
    }


@pytest.fixture(scope="session")
def mockup_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default mock-up sample."""
    folder = tmp_path_factory.mktemp("mockup") / "sample"
    mockup.generate(mockup.Options(), folder)
    return folder


@pytest.fixture(scope="session")
def mockup_project(make_project: Callable[..., Project], mockup_sample: Path) -> Project:
    """The project, built once over the mock-up sample with all defaults."""
    project = make_project("mockup", raw_data_path=str(mockup_sample))
    project.build()
    return project


@pytest.fixture(scope="session")
def mockup_output(mockup_project: Project) -> Path:
    """The exported files of the mock-up project."""
    return mockup_project.export()


@dataclass
class Release:
    """A release with its exported files. `period` is the var that it was made with."""

    period: str
    project: Project
    output: Path

    def file(self, name: str) -> pd.DataFrame:
        """The rows of an exported table; of a release without periods with the period 'all'."""
        table = pd.read_parquet(self.output / f"{name}.parquet")
        return table if "period" in table else table.assign(period="all")


#: What `release_by` takes; releases by periods are built for the slow tests only.
PERIODS = ["all", *(pytest.param(name, marks=pytest.mark.slow) for name in ("week", "month"))]


@pytest.fixture(scope="session")
def release_by(
    request: pytest.FixtureRequest,
    make_project: Callable[..., Project],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Release]:
    """Releases by a period, each built once: `release_by('week')`.

    That of all the time is the mock-up project's; those of months and weeks are of a small town,
    over three weeks of two months, without bandicoot.
    """
    sample = tmp_path_factory.mktemp("town") / "sample"
    releases: dict[str, Release] = {}

    def build(period: str) -> Release:
        if period == "all":
            output = request.getfixturevalue("mockup_output")
            return Release(period, request.getfixturevalue("mockup_project"), output)
        if not sample.exists():
            town = mockup.Options(
                users=300, antennas=15, machines=1, start=date(2024, 4, 22), days=21
            )
            mockup.generate(town, sample)
        settings = {"period": period, "bandicoot": False, "privacy_k": 3}
        project = make_project(f"town_by_{period}", raw_data_path=str(sample), **settings)
        project.build(*WITHOUT_DATA_TESTS)
        return Release(period, project, project.export())

    def get(period: str) -> Release:
        if period not in releases:
            releases[period] = build(period)
        return releases[period]

    return get
