"""Database errors in a few lines: what Spark says, without its stack.

The Thrift server answers a failed statement with the message and a hundred lines of Java; dbt
prints them all, and the sentence that helps is lost.
"""

import re

from dbt.adapters.spark.connections import PyhiveConnectionWrapper
from dbt_common.exceptions import DbtDatabaseError

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
    """Shorten the errors of statements sent through Thrift; extending twice changes nothing."""
    if getattr(wrapper, "shortens_messages", False):
        return
    wrapper.shortens_messages = True
    execute = wrapper.execute

    def execute_and_shorten(self, sql, bindings=None):
        try:
            return execute(self, sql, bindings)
        except DbtDatabaseError as error:
            raise DbtDatabaseError(shorten(str(error.msg))) from None

    wrapper.execute = execute_and_shorten
