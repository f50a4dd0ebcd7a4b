"""Thrift sessions that fail in a few lines, and end without failing.

The Thrift server answers a failed statement with the message and a hundred lines of Java; dbt
prints them all, and the sentence that helps is lost. And now and then it fails to close a session
(Hive looks for a class that Spark does not ship), which is no failure of the run: everything that
the session was opened for is done by then.
"""

import logging
import re

from dbt.adapters.spark.connections import PyhiveConnectionWrapper
from dbt_common.exceptions import DbtDatabaseError
from pyhive import hive

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


def extend(wrapper: type[PyhiveConnectionWrapper]) -> None:
    """Change dbt-spark's connection accordingly."""
    execute, close = wrapper.execute, wrapper.close

    def execute_and_shorten(self, sql, bindings=None):
        try:
            return execute(self, sql, bindings)
        except DbtDatabaseError as error:
            raise DbtDatabaseError(shorten(str(error.msg))) from None

    def close_for_good(self):
        try:
            close(self)
        except hive.Error as error:
            logging.getLogger(__name__).debug("a session did not close: %s", type(error).__name__)

    wrapper.execute = execute_and_shorten
    wrapper.close = close_for_good
