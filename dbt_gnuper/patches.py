"""How classes of dbt-spark and of its libraries get methods of ours.

Where a method is replaced, a comment names the change upstream that would make it unnecessary, with
its issue if there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbt.adapters.spark.impl import SparkAdapter


def replace_methods(owner: type, **methods: Any) -> None:
    """Put methods in the place of a class's own, or beside them."""
    for name, method in methods.items():
        setattr(owner, name, method)


def add_for_macros(adapter: type[SparkAdapter], **methods: Callable[..., Any]) -> None:
    """Give the adapter methods, which take it as their first argument, and let macros call them."""
    # dbt has no other way for macros to call Python: dbt-labs/dbt-core#11865, dbt-labs/dbt-common#71.
    replace_methods(adapter, **methods)
    adapter._available_ = adapter._available_ | frozenset(methods)
