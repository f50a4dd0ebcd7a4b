"""Attacks on releases of mock-ups, whose truth is known.

    python -m scripts.privacy_audit [--parts disclosure] [--mockups small city] [--periods all]

- `disclosure`: what follows from a release as a whole about too few people. This must be nothing;
  otherwise the exit code is 1. Concessions are named.
- `digits`: the same with other values of the var release_digits.
- `neighbours`: two releases that differ by a person or a day.
- `gate`: what the gate buys, compared with none.

Results: tables, and privacy_audit.json in the output folder.
"""
