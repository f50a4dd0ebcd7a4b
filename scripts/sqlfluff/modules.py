"""dbt's `modules` for sqlfluff: the parts of Python that macros use."""

import datetime
import re

__all__ = ["datetime", "re"]
