"""Waits for a server, and checks whether it answers."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from pathlib import Path

from scripts.server.processes import is_alive
from scripts.server.settings import HOST
from scripts.server.state import ServerError, ServerInfo


def wait_until_it_answers(info: ServerInfo, timeout: float, say: Callable[[str], None]) -> None:
    """Return as soon as both endpoints answer; raise an error if the process dies or takes too long."""
    begin = time.monotonic()
    next_line = 5.0
    log = info.state_dir / "server.log"
    say(f"Starting Spark {info.spark} with {info.java} ...")
    while not answers(info):
        waited = time.monotonic() - begin
        if not is_alive(info):
            raise ServerError(f"The server ended while starting: {_first_error(log)} See {log}")
        if waited > timeout:
            raise ServerError(
                f"The server did not answer within {timeout:.0f} s: {_first_error(log)} See {log}"
            )
        if waited > next_line:
            say(f"... still starting ({waited:.0f} s)")
            next_line += 5
        time.sleep(0.2)


def answers(info: ServerInfo, seconds: float = 10) -> bool:
    """Whether `select 1` works at the Thrift endpoint and the Connect endpoint speaks gRPC."""
    try:
        for port in (info.thrift_port, info.connect_port):
            socket.create_connection((HOST, port), timeout=seconds).close()
    except OSError:
        return False
    return _thrift_answers(info.thrift_port, seconds) and _connect_answers(
        info.connect_port, seconds
    )


def _thrift_answers(port: int, seconds: float) -> bool:
    """Whether a query works, with a time limit, which PyHive's own connections do not have."""
    from pyhive import exc, hive
    from pyhive.sasl_compat import PureSASLClient
    from thrift.Thrift import TException
    from thrift.transport.TSocket import TSocket
    from thrift_sasl import TSaslClientTransport

    wire = TSocket(HOST, port)
    wire.setTimeout(seconds * 1000)
    user = {"username": "gnuper", "password": "none is asked for"}
    transport = TSaslClientTransport(lambda: PureSASLClient(HOST, **user), "PLAIN", wire)
    try:
        with hive.Connection(thrift_transport=transport, username="gnuper") as connection:
            cursor = connection.cursor()
            cursor.execute("select 1")
            return cursor.fetchone() == (1,)
    # ValueError: closing a session raises it if an answer comes after the time limit.
    except (OSError, EOFError, ValueError, TException, exc.Error):
        return False


def _connect_answers(port: int, seconds: float) -> bool:
    """Whether a gRPC channel becomes ready."""
    import grpc

    address, no_proxy = f"{HOST}:{port}", [("grpc.enable_http_proxy", 0)]
    with grpc.insecure_channel(address, options=no_proxy) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=seconds)
        except grpc.FutureTimeoutError:
            return False
    return True


def _first_error(log: Path) -> str:
    """The line of the log that best explains a failed start: the innermost cause, if there is one."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    exceptions = [line for line in lines if re.search(r"\w(Exception|Error): .", line)]
    errors = [line for line in lines if re.search(r"\bERROR\b|Error:|Invalid|insufficient", line)]
    found = [*causes[-1:], *exceptions, *errors, *lines[-1:], "its log is empty"][0]
    return found[:300].rstrip(".") + "."
