"""Questions to Spark that may be answered by an error, and a question to dbt's properties."""

from typing import Any

from dbt.adapters.base import BaseRelation
from dbt.adapters.spark.impl import SparkAdapter
from dbt_common.exceptions import DbtRuntimeError

from dbt_gnuper.patches import add_for_macros


def refuses(adapter: SparkAdapter, sql: str) -> bool:
    """Whether Spark cannot run a statement."""
    try:
        adapter.execute(sql, fetch=True)
    except DbtRuntimeError:
        return True
    return False


def row_if_any(adapter: SparkAdapter, sql: str) -> list[Any] | None:
    """The first row of a query; None if Spark cannot run it or finds none."""
    try:
        _, found = adapter.execute(sql, fetch=True)
    except DbtRuntimeError:
        return None
    return list(found.rows[0]) if found.rows else None


def exists(adapter: SparkAdapter, relation: BaseRelation) -> bool:
    """Whether the catalog has a table or view, asked for by its name.

    Lists of tables may leave out tables that the user may not see, or that are very new.

    Raises:
        DbtRuntimeError: for any error other than that there is no such table.
    """
    try:
        adapter.execute(f"describe table {relation}", fetch=True)
    except DbtRuntimeError as error:
        if "TABLE_OR_VIEW_NOT_FOUND" in str(error):
            return False
        raise
    return True


def described_columns(adapter: SparkAdapter, name: str) -> dict[str, str]:
    """Names and types of a model's or seed's columns from its properties, in lower case."""
    # the adapter has the manifest, because it calls macros
    manifest: Any = adapter._macro_resolver  # noqa: SLF001
    (columns,) = (
        node.columns.values()
        for node in manifest.nodes.values()
        if node.name == name and node.resource_type in ("model", "seed")
    )
    return {column.name.lower(): column.data_type or "string" for column in columns}


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the questions available to macros, as methods of the adapter."""
    add_for_macros(
        adapter,
        described_columns=described_columns,
        spark_refuses=refuses,
        row_if_any=row_if_any,
        exists=exists,
    )
