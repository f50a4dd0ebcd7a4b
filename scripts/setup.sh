#!/bin/sh
# Creates or updates the project's virtual environment .venv from a lock file.
#   scripts/setup.sh runtime|dev      (PYTHON: which Python to build it with, default python3)
# Needs Python 3.10 to 3.13 and no root. Does nothing when the lock file has not changed.
set -eu
trap 'echo "Interrupted: run the same command again to go on." >&2; exit 130' INT
cd "$(dirname "$0")/.."

lock="requirements/$1.txt"
mark=".venv/installed-$1"
# The development environment contains the runtime one.
for installed in "$mark" .venv/installed-dev; do
    if [ -f "$installed" ] && cmp -s "$installed" "requirements/${installed##*-}.txt"; then
        exit 0
    fi
done

python="${PYTHON:-python3}"
command -v "$python" >/dev/null || {
    echo "There is no '$python' on this machine: install Python 3.10 to 3.13, or name one with PYTHON=..." >&2
    exit 1
}
"$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || {
    echo "'$python' is $("$python" --version): Python 3.10 to 3.13 is needed. Name another one with PYTHON=..." >&2
    exit 1
}

if [ ! -x .venv/bin/pip ]; then
    echo "Creating the environment .venv with $("$python" --version) ..."
    rm -rf .venv
    # Debian and Ubuntu ship venv's own copy of pip apart, in python3-venv, which needs root.
    if ! "$python" -m venv .venv 2>/dev/null; then
        rm -rf .venv
        if "$python" -m pip --version >/dev/null 2>&1; then
            "$python" -m venv --without-pip .venv
            "$python" -m pip --quiet --python .venv/bin/python install pip
        elif command -v virtualenv >/dev/null; then
            virtualenv --quiet --python "$python" .venv
        elif command -v uv >/dev/null; then
            uv venv --quiet --seed --python "$python" .venv
        else
            echo "This Python can make no environment: install python3-venv, pip, virtualenv or uv (any one)." >&2
            exit 1
        fi
    fi
fi

echo "Installing the packages of $lock (once, about 500 MB) ..."
# On a terminal pip shows its bars.
quiet=--quiet
[ -t 1 ] && quiet=
.venv/bin/python -m pip install $quiet --disable-pip-version-check --require-hashes --requirement "$lock"
# The project itself, in place: dbt finds its plugin, and Python models their modules.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
cp "$lock" "$mark"
