"""What the privacy gate buys, measured by attacks on a mock-up whose truth is known.

    python -m scripts.privacy_audit [--output output] [--people 300]

Three runs of the pipeline over invented data: four weeks; the same four weeks without one person;
five weeks. Each is attacked as it is released (gate on) and as it would be without the gate (off):

- reading off: values that are one person's or have a dominant one, and shares of a whole whose rest
  is few people's; and the smallest antenna's totals, by which all others are scaled;
- membership: whether a person is in the data. The strong attacker knows the records of all others
  at the antenna and computes the release with and without the target; the weak one knows the
  target's indicators and those of half of the people elsewhere, and decides by likelihood;
- subtraction of two releases of almost the same data.

Features that depend on an antenna's residents alone are computed here anew, with and without each
person, and checked against the pipeline's. Left out are the twelve others (scaled_*, distances,
isolation, entropy), which depend on everybody. Results: tables, and privacy_audit.json.
"""
