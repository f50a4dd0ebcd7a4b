"""Imports bandicoot 0.6.0 on Python 3.10 to 3.13, without side effects on the process.

bandicoot was written for Python 2.7 and 3.5. Two things that it needs were removed from later Pythons.
They are supplied while it is imported, and removed again:

- `inspect.getargspec` and `inspect.formatargspec` (gone in 3.11), used by its decorators;
- `distutils.dir_util.copy_tree` (gone in 3.12), used by its visualization.

Importing it also sets the level of the root logger and adds a handler to it, which would print every
log record of the process a second time. Both are undone here.

Since Python 3.12, `sum` of floats compensates rounding errors, so bandicoot's results would differ
between Pythons in the last digit. This can matter: the skewness of equal values is 0, 1 or -1,
depending on that digit. So from 3.12 on, bandicoot's modules get the plain sum of earlier Pythons.

A release of bandicoot for these Pythons would make this module unnecessary.
"""

from __future__ import annotations

import importlib
import inspect
import logging
import shutil
import sys
import warnings
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial, reduce
from operator import add
from threading import Lock
from types import ModuleType
from typing import Any

BANDICOOT_VERSION = "0.6.0"

# The modules of bandicoot that add up floats.
_SUMMING_MODULES = ("bandicoot.helper.maths", "bandicoot.spatial")

_ArgSpec = namedtuple("_ArgSpec", "args varargs keywords defaults")
_import_lock = Lock()


def import_bandicoot() -> ModuleType:
    """The package bandicoot, importable on every supported Python; repeated calls cost nothing.

    Raises ImportError when bandicoot is missing, and RuntimeError when it is another release:
    indicators differ between releases.
    """
    with _import_lock:
        if "bandicoot" not in sys.modules:
            with _missing_parts_of_python(), _untouched_root_logger(), warnings.catch_warnings():
                # Warnings about invalid escapes and `is` with literals in its source, which do no harm.
                warnings.simplefilter("ignore")
                importlib.import_module("bandicoot")
        bandicoot = sys.modules["bandicoot"]
        if bandicoot.__version__ != BANDICOOT_VERSION:
            raise RuntimeError(
                f"bandicoot {BANDICOOT_VERSION} is needed, found {bandicoot.__version__}"
            )
        if sys.version_info >= (3, 12):
            for name in _SUMMING_MODULES:
                sys.modules[name].sum = plain_sum
    return bandicoot


def plain_sum(values: Iterable[Any]) -> Any:
    """The sum from left to right without compensation, as Python's own up to 3.11."""
    return reduce(add, values, 0)


@contextmanager
def _missing_parts_of_python() -> Iterator[None]:
    """Supplies what bandicoot needs at import, and restores the process afterwards."""
    added_functions = []
    for function in (_getargspec, _formatargspec):
        name = function.__name__.lstrip("_")
        if not hasattr(inspect, name):
            setattr(inspect, name, function)
            added_functions.append(name)
    added_modules = []
    if "distutils" not in sys.modules:
        for module in _distutils_stand_in():
            sys.modules[module.__name__] = module
            added_modules.append(module.__name__)
    try:
        yield
    finally:
        for name in added_functions:
            delattr(inspect, name)
        for name in added_modules:
            del sys.modules[name]


@contextmanager
def _untouched_root_logger() -> Iterator[None]:
    """Restores level and handlers of the root logger."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    try:
        yield
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers


def _getargspec(function: Callable[..., Any]) -> _ArgSpec:
    """inspect.getargspec for plain functions without keyword-only arguments."""
    spec = inspect.getfullargspec(function)
    return _ArgSpec(spec.args, spec.varargs, spec.varkw, spec.defaults)


def _formatargspec(
    args: list[str],
    varargs: str | None = None,
    varkw: str | None = None,
    defaults: Iterable[Any] | None = None,
    formatvalue: Callable[[Any], str] = lambda value: "=" + repr(value),
) -> str:
    """inspect.formatargspec for plain functions: `(a, b=1, *args, **kwargs)`."""
    values = list(defaults or ())
    without_default = len(args) - len(values)
    parts = args[:without_default]
    parts += [n + formatvalue(v) for n, v in zip(args[without_default:], values, strict=True)]
    if varargs is not None:
        parts.append("*" + varargs)
    if varkw is not None:
        parts.append("**" + varkw)
    return "(" + ", ".join(parts) + ")"


def _distutils_stand_in() -> tuple[ModuleType, ModuleType]:
    """Modules `distutils` and `distutils.dir_util` with the one function bandicoot imports."""
    distutils, dir_util = ModuleType("distutils"), ModuleType("distutils.dir_util")
    dir_util.copy_tree = partial(shutil.copytree, dirs_exist_ok=True)  # type: ignore[attr-defined]
    distutils.dir_util = dir_util  # type: ignore[attr-defined]
    return distutils, dir_util
