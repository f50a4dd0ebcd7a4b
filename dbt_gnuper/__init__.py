"""dbt plugin of the project: what dbt-spark lacks, without forking it.

dbt imports every installed module whose name begins with ``dbt_`` and starts the classes in its
list ``plugins``. Ours gives the Spark adapter

- a submission method ``spark_connect`` for Python models (:mod:`dbt_gnuper.spark_connect`);
- methods for macros that look at local files before Spark is asked
  (:mod:`dbt_gnuper.local_files`);
- ``adapter.layout``, what an operator's files look like (:mod:`dbt_gnuper.layouts`);
- ``adapter.lock_run`` and ``adapter.unlock_run``, one run at a time (:mod:`dbt_gnuper.run_lock`);
- an end without a stack trace when Ctrl-C comes (:mod:`dbt_gnuper.interrupts`);
- database errors without a hundred lines of Java, statements that Ctrl-C cancels, and sessions
  that end without failing the run (:mod:`dbt_gnuper.thrift_sessions`).

The profile stays an ordinary ``type: spark, method: thrift``.
"""

import re
from typing import Any

from dbt.adapters.spark.connections import PyhiveConnectionWrapper, SparkConnectionManager
from dbt.adapters.spark.impl import SparkAdapter
from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin
from dbt_common.exceptions import DbtRuntimeError

from dbt_gnuper import (
    interrupts,
    layouts,
    local_files,
    run_lock,
    spark_connect,
    thrift_sessions,
)


class GnuperPlugin(dbtPlugin):
    """Extends dbt-spark's classes, once per process, however often dbt starts the plugin."""

    def initialize(self) -> None:
        _refuse_templates(getattr(get_flags(), "VARS", None) or {})
        if getattr(SparkAdapter, "extended_by_gnuper", False):
            return
        SparkAdapter.extended_by_gnuper = True
        interrupts.extend()
        spark_connect.extend(SparkAdapter)
        local_files.extend(SparkAdapter)
        layouts.extend(SparkAdapter)
        run_lock.extend(SparkAdapter)
        thrift_sessions.extend(PyhiveConnectionWrapper, SparkConnectionManager)


def _refuse_templates(variables: dict[str, Any]) -> None:
    """dbt runs a text in --vars as a template, with all that macros can do. Vars are data here."""
    for name, value in variables.items():
        if isinstance(value, str) and (found := re.search(r"\{[{%#]", value)):
            raise DbtRuntimeError(
                f"The var {name} holds '{found[0]}', which dbt would run as a template. A var is data: "
                "write it without, or rename the file or folder that it names."
            )


plugins = [GnuperPlugin]
