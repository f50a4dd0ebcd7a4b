"""What the privacy gate buys: attacks with the gate on and off.

Each of three runs is attacked as it is released (gate on) and as it would be without the gate (off):

- reading off: values that are one person's or have a dominant one, and shares of a whole whose rest
  is few people's; and the smallest antenna's totals, by which all others are scaled;
- membership: whether a person is in the data. The strong attacker knows the records of all others
  at the antenna and computes the release with and without the target; the weak one knows the
  target's indicators and those of half of the people elsewhere, and decides by likelihood;
- subtraction of two releases of almost the same data.

Features that depend on an antenna's residents alone are computed here anew, with and without each
person, and checked against the pipeline's. Left out are the twelve others (scaled_*, distances,
isolation, entropy), which depend on everybody.
"""
