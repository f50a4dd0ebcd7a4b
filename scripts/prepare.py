"""Makes what dbt needs and a fresh checkout lacks: a profile and a key for the pseudonyms.

    python -m scripts.prepare

Existing files are not changed.
"""

from __future__ import annotations

import os
import secrets
import shutil

from dbt_gnuper.local_files import KEY_VARIABLE, write_key
from scripts.paths import KEY_FILE, PROFILES_EXAMPLE, PROJECT_ROOT


def make_profile() -> None:
    """Copy profiles.yml.example, unless DBT_PROFILES_DIR names another place for profiles."""
    profile = PROJECT_ROOT / "profiles.yml"
    if "DBT_PROFILES_DIR" not in os.environ and not profile.exists():
        shutil.copy(PROFILES_EXAMPLE, profile)
        print("Made profiles.yml from profiles.yml.example.")


def make_key() -> None:
    """Make a random key of 256 bits, unless there is one in a file or in the environment."""
    if KEY_VARIABLE not in os.environ and not KEY_FILE.exists():
        write_key(KEY_FILE, secrets.token_hex(32))
        print(f"Made a random key for pseudonyms in {KEY_FILE.relative_to(PROJECT_ROOT)}.")


if __name__ == "__main__":
    make_profile()
    make_key()
