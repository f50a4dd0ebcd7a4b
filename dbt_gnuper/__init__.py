"""dbt plugin of the project: it adds to dbt-spark what is missing, without forking it.

dbt imports every installed module with a name that begins with ``dbt_``, and starts the classes in
its list ``plugins``. This plugin gives the Spark adapter

- a check of the vars before anything is parsed (:mod:`dbt_gnuper.variables`);
- ``adapter.features``, the registry of features (:mod:`dbt_gnuper.features`), and
  ``adapter.rests``, what can be computed by subtraction (:mod:`dbt_gnuper.rests`);
- a submission method ``spark_connect`` for Python models (:mod:`dbt_gnuper.spark_connect`);
- methods for macros that check local files before Spark reads them
  (:mod:`dbt_gnuper.local_files`);
- ``adapter.layout``, the description of an operator's files (:mod:`dbt_gnuper.layouts`);
- ``adapter.zones_of_antennas``, the zones of var zones (:mod:`dbt_gnuper.zones`);
- ``adapter.exists``, ``adapter.spark_refuses`` and ``adapter.row_if_any``, questions to Spark (:mod:`dbt_gnuper.catalog`);
- ``adapter.lock_run`` and ``adapter.unlock_run``, one run at a time (:mod:`dbt_gnuper.run_lock`);
- ``adapter.is_unchanged`` and what it follows from: levels that a run need not build
  (:mod:`dbt_gnuper.unchanged`);
- the warnings of a run once more at its end (:mod:`dbt_gnuper.repeated_warnings`);
- an end without a stack trace when Ctrl-C comes (:mod:`dbt_gnuper.interrupts`);
- database errors without a hundred lines of Java, statements that Ctrl-C cancels, and sessions
  that do not fail the run when they end (:mod:`dbt_gnuper.thrift_sessions`).

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
    repeated_warnings,
    rests,
    run_lock,
    spark_connect,
    thrift_sessions,
    unchanged,
    variables,
    zones,
)


class GnuperPlugin(dbtPlugin):
    """Extends dbt-spark's classes, once per process, even if dbt starts the plugin several times."""

    _has_extended = False

    def initialize(self) -> None:
        if GnuperPlugin._has_extended:
            return
        GnuperPlugin._has_extended = True
        variables.extend(SparkAdapter)
        features.extend(SparkAdapter)
        rests.extend(SparkAdapter)
        interrupts.extend()
        repeated_warnings.extend()
        spark_connect.extend(SparkAdapter)
        local_files.extend(SparkAdapter)
        layouts.extend(SparkAdapter)
        zones.extend(SparkAdapter)
        catalog.extend(SparkAdapter)
        run_lock.extend(SparkAdapter)
        unchanged.extend(SparkAdapter)
        thrift_sessions.extend(PyhiveConnectionWrapper, SparkConnectionManager)


plugins = [GnuperPlugin]
