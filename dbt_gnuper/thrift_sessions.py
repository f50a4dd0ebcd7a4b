"""Thrift sessions with short errors, that do not fail the run when they end.

The Thrift server answers a failed statement with the message and a hundred lines of Java. dbt prints
them all, also to its log, and the helpful sentence is lost. For a file that Spark cannot read they
even quote a line, which may contain a phone number. If the server has died, dbt prints the socket's
error. And sometimes the server fails to close a session, because Hive looks for a class that Spark
does not ship. This is no failure of the run: all work of the session is done by then.

A connection belongs to the thread of a model. This thread asks repeatedly whether its statement has
ended. On Ctrl-C dbt's main thread cancels the statement over the same connection. Calls of the two
threads must not mix: otherwise one gets the other's answer, and the other waits for ever.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from dbt.adapters.contracts.connection import Connection
from dbt.adapters.spark.connections import PyhiveConnectionWrapper, SparkConnectionManager
from dbt_common.exceptions import DbtDatabaseError
from pyhive import hive
from thrift.transport.TTransport import TTransportException

from dbt_gnuper.patches import replace_methods

# Such as "org.apache.hive.service.cli.HiveSQLException: Error running query: [CODE] a.b.Exception: "
_PREFIX = re.compile(r"^(?:[\w.$]+Exception: )?Error running query: (?:\[[\w.]+\] )?")
_JAVA_CLASS = re.compile(r"^(?:[a-z]\w*\.)+[A-Z][\w$]*(?:Exception|Error): ")


# A file that cannot be read; its name is part of a URI.
_UNREADABLE = re.compile(
    r"FAILED_READ_FILE.*?while reading file (?P<uri>\S+?)\. |(?:Could not read footer for file|"
    r"CANNOT_READ_FILE_FOOTER\].*?file): ?(?P<footer>\S+?)\. ",
    re.DOTALL,
)
_CAUSE = re.compile(r"^Caused by: (?:\w+\.)*(\w+)", re.MULTILINE)

# What becomes of a statement when the server stops: its parts disappear one after the other.
_STOPPING = re.compile(
    r"stopped SparkContext|SparkContext (?:was shut down|has been shutdown)|RpcEnv (?:already|has been) stopped"
    r'|"org\.apache\.spark\.(?:Spark(?:Context|Env)\$?\.\w+|sql\.execution\.SparkPlan\.session)\(\)" is null'
)

_REMEDY = (
    "`make server` starts the local one (its log is .gnuper/server.log). Then run again: complete "
    "tables are kept, and the last release stays."
)
NO_ANSWER = f"The Spark server does not answer any more. {_REMEDY}"
STOPPED = f"The Spark server was stopped in the middle of a statement. {_REMEDY}"

SECONDS_TO_CLOSE = 10

# Whether the layout of this run names CDR files after customers' ids. Then no message may name a file.
file_names_are_ids = False


def shorten(message: str) -> str:
    """The message up to its first stack frame, and the innermost cause if there is one. For a file
    that cannot be read: its name, the kind of error and what to do, without quoting the file."""
    if _STOPPING.search(message):
        return STOPPED
    unreadable = _UNREADABLE.search(message)
    if unreadable:
        causes = _CAUSE.findall(message)
        path = unquote(unreadable["uri"] or unreadable["footer"])
        file = (
            f"A file in '{path.rpartition('/')[0]}'" if file_names_are_ids else f"The file '{path}'"
        )
        return (
            f"{file} cannot be read{f' ({causes[-1]})' if causes else ''}: it is damaged or incomplete, has a "
            "line of more than a million fields, or may not be opened. Deliver it again or take it out of the "
            "folder, and run again. The last release stays."
        )
    lines = message.strip().splitlines()
    is_stack = [line.lstrip().startswith(("at ", "...", "Caused by:")) for line in lines]
    if not any(is_stack):
        return message
    head = [_JAVA_CLASS.sub("", _PREFIX.sub("", line)) for line in lines[: is_stack.index(True)]]
    causes = [line.strip() for line in lines if line.startswith("Caused by:")]
    if causes and _JAVA_CLASS.sub("", causes[-1][11:]) not in "\n".join(head):
        head.append(causes[-1])
    return "\n".join(head)


def _no_answer(error: BaseException | None) -> str | None:
    """A message if the server is not running (any more), else None."""
    while error:
        is_lost = isinstance(error, TTransportException | ConnectionError)
        # "Bad status" is an answer: a login that the server refused.
        if is_lost and "Bad status" not in str(error):
            return f"{NO_ANSWER} ({str(error) or type(error).__name__})"
        error = error.__cause__
    return None


@contextmanager
def _lost_server_explained() -> Iterator[None]:
    """Turn the error of a missing server into a clear message; pass on all other errors."""
    try:
        yield
    except Exception as error:
        # if a connection does not open, the cause of dbt's error is the one to check
        sentence = _no_answer(error)
        if sentence is None:
            raise
        raise DbtDatabaseError(sentence) from None


def _shorten_errors(answer: Any) -> Any:
    """The server's answer with its errors shortened: that of the call, and that of the statement."""
    status = getattr(answer, "status", None)
    if status:
        status.infoMessages = None  # all of Java's stack
    for part in (answer, status):
        if part is not None and getattr(part, "errorMessage", None):
            part.errorMessage = shorten(part.errorMessage)
    return answer


def _with_columns(answer: Any) -> Any:
    """The answer of a fetch with a list of columns. For a statement without result, such as `drop schema`,
    Spark 3.5 answers with none at all, which PyHive cannot read."""
    results = getattr(answer, "results", None)
    if results is not None and results.columns is None:
        results.columns = []
    return answer


class Client:
    """A Thrift client whose errors are short. It runs calls one after the other, in the order in which
    threads make them. A thread that calls without a pause does not block the others."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._next_in_line, self._at_work = threading.Lock(), threading.Lock()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(*arguments: Any) -> Any:
            with self._next_in_line:
                self._at_work.acquire()
            try:
                return _with_columns(_shorten_errors(method(*arguments)))
            finally:
                self._at_work.release()

        return call


def _limit_wait(transport: Any) -> None:
    """Limit the time that a connection waits from now on. When Hive ends a session, it may wait for
    ever for another session that failed to end, and dbt would wait with it."""
    while transport is not None and not hasattr(transport, "setTimeout"):
        transport = getattr(transport, "_trans", None) or getattr(
            transport, "_TBufferedTransport__trans", None
        )
    if transport is not None:
        transport.setTimeout(1000 * SECONDS_TO_CLOSE)


def extend(wrapper: type[PyhiveConnectionWrapper], manager: type[SparkConnectionManager]) -> None:
    """Change dbt-spark's connections accordingly."""
    opens: Any = manager.open
    execute, close, open_connection = wrapper.execute, wrapper.close, opens.__func__
    connect = hive.Connection.__init__

    def execute_or_explain(self: PyhiveConnectionWrapper, sql: str, bindings: Any = None) -> None:
        with _lost_server_explained():
            execute(self, sql, bindings)

    def open_or_explain(cls: type[SparkConnectionManager], connection: Connection) -> Connection:
        with _lost_server_explained():
            return open_connection(cls, connection)

    def connect_with_client(self: hive.Connection, *arguments: Any, **options: Any) -> None:
        connect(self, *arguments, **options)
        self._client = Client(self._client)

    def close_for_good(self: PyhiveConnectionWrapper) -> None:
        _limit_wait(getattr(self.handle, "_transport", None))
        try:
            close(self)
        # ValueError: Ctrl-C interrupted the reading of an answer
        except (hive.Error, TTransportException, OSError, ValueError) as error:
            logging.getLogger(__name__).debug("a session did not close: %s", type(error).__name__)

    # Since SPARK-32145 (apache/spark#28963) the server adds the stack trace to the message on purpose.
    # Unnecessary if dbt-spark shows the first lines alone. And calls go one after the other: unnecessary
    # if PyHive locks its client, or if dbt-spark cancels over a connection of its own
    # (dbt-labs/dbt-spark#26 began to poll and to cancel over the same one).
    replace_methods(hive.Connection, __init__=connect_with_client)
    # No issue asks for either. `execute` and `open` are unnecessary if dbt-spark reports a lost server as
    # such, `close` if it ignores errors of closing, as it does those of cancelling.
    replace_methods(wrapper, execute=execute_or_explain, close=close_for_good)
    replace_methods(manager, open=classmethod(open_or_explain))
