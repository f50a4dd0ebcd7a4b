"""The local Spark server: one Spark driver process with two endpoints, both on 127.0.0.1 only.

    python -m scripts.server start|stop|status [options]

The Thrift endpoint serves dbt's SQL models, the Spark Connect endpoint its Python models. Both use
the same catalog and warehouse. Everything the server writes stays in its state folder (`.gnuper`):
    server.json   which process runs, on which ports      server.log   warnings and errors
    warehouse/    the tables                              metastore/   their catalog (Derby)
    tmp/          spills and other short-lived files, removed when the server stops
    numba/        compiled Python functions
"""

from __future__ import annotations

from scripts.server.command_line import main, start_for_dbt
from scripts.server.control import running_server, start_server, stop_server, use_server
from scripts.server.java import find_java
from scripts.server.launch import port_problem
from scripts.server.settings import HOST, OPENED_PACKAGES
from scripts.server.state import ServerError, ServerInfo

__all__ = [
    "HOST",
    "OPENED_PACKAGES",
    "ServerError",
    "ServerInfo",
    "find_java",
    "main",
    "port_problem",
    "running_server",
    "start_for_dbt",
    "start_server",
    "stop_server",
    "use_server",
]
