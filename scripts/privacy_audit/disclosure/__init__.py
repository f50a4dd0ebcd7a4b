"""The attacker of a release as a whole.

From all released files together, with exact arithmetic and with everything that the documentation
says, no quantity that rests on `privacy_k` people or fewer, or on one person for more than
`privacy_max_share`, can be determined. `release` reads what is released and nothing else; the
modules of attacks (`pairs`, `indicators`, `sums`, `metadata`, `variances`, `companions`) say what
follows from it; `tables` and `truth` tell from the restricted tables which claims are about too few
people, and `scores` how far they determine them.

    python -m scripts.privacy_audit.disclosure --release output [--truth folder] [--each] [--insider]
"""
