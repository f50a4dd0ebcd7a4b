"""The vars of the project for sqlfluff, which reads no dbt_project.yml."""

from typing import Any

from dbt_gnuper.variables import known_vars

# Where the default would leave out a branch of Jinja that is to be linted.
OTHERS = {
    "earlier_release": "gnuper_earlier",
    "timestamp_format": ["yyyy-MM-dd HH:mm:ss", "dd/MM/yyyy HH:mm"],
}


def value_of(name: str) -> Any:
    """A possible value of a var."""
    return OTHERS.get(name, known_vars()[name]["default"])
