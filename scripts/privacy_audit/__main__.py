"""`python -m scripts.privacy_audit`."""

import sys

from scripts.privacy_audit.command_line import main

if __name__ == "__main__":
    sys.exit(main())
