"""Where the project's files lie; other modules import these paths instead of computing them."""

from __future__ import annotations

from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent

PROFILES_EXAMPLE = PROJECT_ROOT / "profiles.yml.example"
LOG4J = PROJECT_ROOT / "scripts" / "log4j2.properties"  # what Spark writes to its log
BENCH_RESULTS = PROJECT_ROOT / "bench" / "results"  # recorded results of the benchmark

# What the commands write; git ignores it.
DEFAULT_STATE_DIR = PROJECT_ROOT / ".gnuper"  # of the local Spark server
KEY_FILE = DEFAULT_STATE_DIR / "pseudonym.key"  # the default of var pseudonym_key_file
DATA = PROJECT_ROOT / "data"
SAMPLE = DATA / "sample"  # the mock-up that `make run` reads by default
BENCH_DATA = DATA / "bench"  # data sets of the benchmark, kept from run to run
OUTPUT = PROJECT_ROOT / "output"  # exported files
TARGET = PROJECT_ROOT / "target"  # dbt's artifacts
