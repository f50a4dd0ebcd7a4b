"""Thrift sessions that fail in a few lines, and end without failing.

The Thrift server answers a failed statement with the message and a hundred lines of Java; dbt
prints them all, in its log too, and the sentence that helps is lost. Of a file that Spark cannot
read they even quote a line, which may hold a phone number. Of a server that has died it prints what
the socket says. And now and then it fails to close a session
(Hive looks for a class that Spark does not ship), which is no failure of the run: everything that
the session was opened for is done by then.

A connection belongs to the thread of a model, which asks it again and again whether its statement
has ended. On Ctrl-C dbt's main thread cancels that statement over the same connection: their
questions must not mix, or one gets the other's answer and the other waits for ever.
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


# A file that cannot be read; the name is part of an URI.
_UNREADABLE = re.compile(
    r"FAILED_READ_FILE.*?while reading file (?P<uri>\S+?)\. |(?:Could not read footer for file|"
    r"CANNOT_READ_FILE_FOOTER\].*?file): ?(?P<footer>\S+?)\. ",
    re.DOTALL,
)
_CAUSE = re.compile(r"^Caused by: (?:\w+\.)*(\w+)", re.MULTILINE)

SECONDS_TO_CLOSE = 10

# Whether CDR files are called by customers' ids, by the layout of this run: no message may say them.
file_names_are_ids = False


def shorten(message: str) -> str:
    """The message up to its first stack frame, and the innermost cause if there is one. For a file
    that cannot be read, its name, the kind of error and what to do, without a word of the file."""
    unreadable = _UNREADABLE.search(message)
    if unreadable:
        causes = _CAUSE.findall(message)
        path = unquote(unreadable["uri"] or unreadable["footer"])
        file = (
            f"A file in '{path.rpartition('/')[0]}'" if file_names_are_ids else f"The file '{path}'"
        )
        return (
            f"{file} cannot be read{f' ({causes[-1]})' if causes else ''}: it is damaged, was cut short, has a "
            "line of more than a million fields, or may not be opened. Deliver it again or take it out of the "
            "folder, and run again; what was released before stays."
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
    """A sentence if the error is that of a server that is not there (any more), else None."""
    while error:
        is_lost = isinstance(error, TTransportException | ConnectionError)
        # "Bad status" is an answer: a login that the server refused.
        if is_lost and "Bad status" not in str(error):
            return (
                "The Spark server does not answer any more. `make server` starts the local one "
                "(its log is .gnuper/server.log); then run again: what is complete is kept, and the "
                "last release is as it was."
            )
        error = error.__cause__
    return None


@contextmanager
def _lost_server_explained() -> Iterator[None]:
    """The error of a server that is not there as a sentence; all others as they are."""
    try:
        yield
    except Exception as error:
        # dbt's own error of a connection that does not open has it as its cause
        sentence = _no_answer(error)
        if sentence is None:
            raise
        raise DbtDatabaseError(sentence) from None


class InTurn:
    """The calls of a Thrift client one after the other, whichever threads they come from, in the order
    in which they came: a thread that calls without a pause lets others pass."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._next_in_line, self._at_work = threading.Lock(), threading.Lock()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(*arguments: Any) -> Any:
            with self._next_in_line:
                self._at_work.acquire()
            try:
                return method(*arguments)
            finally:
                self._at_work.release()

        return call


def _limit_wait(transport: Any) -> None:
    """Let a connection wait for no more than some seconds from now on. Hive's code that ends a session
    may wait for ever for another session that failed to end; dbt would with it."""
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
    poll, connect = hive.Cursor.poll, hive.Connection.__init__

    def poll_and_shorten(self: hive.Cursor, *arguments: Any, **options: Any) -> Any:
        status = poll(self, *arguments, **options)
        if status.errorMessage:
            status.errorMessage = shorten(status.errorMessage)
        return status

    def execute_or_explain(self: PyhiveConnectionWrapper, sql: str, bindings: Any = None) -> None:
        with _lost_server_explained():
            execute(self, sql, bindings)

    def open_or_explain(cls: type[SparkConnectionManager], connection: Connection) -> Connection:
        with _lost_server_explained():
            return open_connection(cls, connection)

    def connect_in_turn(self: hive.Connection, *arguments: Any, **options: Any) -> None:
        connect(self, *arguments, **options)
        self._client = InTurn(self._client)

    def close_for_good(self: PyhiveConnectionWrapper) -> None:
        _limit_wait(getattr(self.handle, "_transport", None))
        try:
            close(self)
        # a ValueError: of an answer that was only read in part, because of Ctrl-C
        except (hive.Error, TTransportException, OSError, ValueError) as error:
            logging.getLogger(__name__).debug("a session did not close: %s", type(error).__name__)

    replace_methods(hive.Cursor, poll=poll_and_shorten)
    replace_methods(hive.Connection, __init__=connect_in_turn)
    replace_methods(wrapper, execute=execute_or_explain, close=close_for_good)
    replace_methods(manager, open=classmethod(open_or_explain))
