"""dbt plugin of the project: what dbt-spark lacks, without forking it.

dbt imports every installed module whose name begins with ``dbt_`` and starts the classes in its
list ``plugins``. Ours gives the Spark adapter

- a check of the vars before anything is parsed (:mod:`dbt_gnuper.variables`);
- ``adapter.features``, the registry of features (:mod:`dbt_gnuper.features`);
- a submission method ``spark_connect`` for Python models (:mod:`dbt_gnuper.spark_connect`);
- methods for macros that look at local files before Spark is asked
  (:mod:`dbt_gnuper.local_files`);
- ``adapter.layout``, what an operator's files look like (:mod:`dbt_gnuper.layouts`);
- ``adapter.exists`` and ``adapter.spark_refuses``, questions to Spark (:mod:`dbt_gnuper.catalog`);
- ``adapter.lock_run`` and ``adapter.unlock_run``, one run at a time (:mod:`dbt_gnuper.run_lock`);
- an end without a stack trace when Ctrl-C comes (:mod:`dbt_gnuper.interrupts`);
- database errors without a hundred lines of Java, statements that Ctrl-C cancels, and sessions
  that end without failing the run (:mod:`dbt_gnuper.thrift_sessions`).

The profile stays an ordinary ``type: spark, method: thrift``.
"""

from dbt.adapters.spark.connections import PyhiveConnectionWrapper, SparkConnectionManager
from dbt.adapters.spark.impl import SparkAdapter
from dbt.plugins.manager import dbtPlugin

from dbt_gnuper import (
    catalog,
    features,
    interrupts,
    layouts,
    local_files,
    run_lock,
    spark_connect,
    thrift_sessions,
    variables,
)


class GnuperPlugin(dbtPlugin):
    """Extends dbt-spark's classes, once per process, however often dbt starts the plugin."""

    _has_extended = False

    def initialize(self) -> None:
        if GnuperPlugin._has_extended:
            return
        GnuperPlugin._has_extended = True
        variables.extend(SparkAdapter)
        features.extend(SparkAdapter)
        interrupts.extend()
        spark_connect.extend(SparkAdapter)
        local_files.extend(SparkAdapter)
        layouts.extend(SparkAdapter)
        catalog.extend(SparkAdapter)
        run_lock.extend(SparkAdapter)
        thrift_sessions.extend(PyhiveConnectionWrapper, SparkConnectionManager)


plugins = [GnuperPlugin]
