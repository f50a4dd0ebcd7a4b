"""Thrift sessions that fail in a few lines, and end without failing.

The Thrift server answers a failed statement with the message and a hundred lines of Java; dbt
prints them all, and the sentence that helps is lost; of a server that has died it prints what the
socket says. And now and then it fails to close a session
(Hive looks for a class that Spark does not ship), which is no failure of the run: everything that
the session was opened for is done by then.
"""

import logging
import re
from contextlib import contextmanager

from dbt.adapters.spark.connections import PyhiveConnectionWrapper, SparkConnectionManager
from dbt_common.exceptions import DbtDatabaseError
from pyhive import hive
from thrift.transport.TTransport import TTransportException

# "org.apache.hive.service.cli.HiveSQLException: Error running query: [CODE] some.java.Exception: "
_PREFIX = re.compile(r"^(?:[\w.$]+Exception: )?Error running query: (?:\[[\w.]+\] )?")
_JAVA_CLASS = re.compile(r"^(?:[a-z]\w*\.)+[A-Z][\w$]*(?:Exception|Error): ")


def shorten(message: str) -> str:
    """The message up to its first stack frame, and the innermost cause if there is one."""
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
def _in_few_lines():
    """Errors of a statement or a connection, shortened."""
    try:
        yield
    except DbtDatabaseError as error:
        raise DbtDatabaseError(shorten(str(error.msg))) from None
    except Exception as error:
        sentence = _no_answer(error)
        if sentence is None:
            raise
        raise DbtDatabaseError(sentence) from None


def extend(wrapper: type[PyhiveConnectionWrapper], manager: type[SparkConnectionManager]) -> None:
    """Change dbt-spark's connections accordingly."""
    execute, close, open_connection = wrapper.execute, wrapper.close, manager.open.__func__

    def execute_and_shorten(self, sql, bindings=None):
        with _in_few_lines():
            return execute(self, sql, bindings)

    def open_and_shorten(cls, connection):
        with _in_few_lines():
            return open_connection(cls, connection)

    def close_for_good(self):
        try:
            close(self)
        except (hive.Error, TTransportException, OSError) as error:
            logging.getLogger(__name__).debug("a session did not close: %s", type(error).__name__)

    wrapper.execute = execute_and_shorten
    wrapper.close = close_for_good
    manager.open = classmethod(open_and_shorten)
