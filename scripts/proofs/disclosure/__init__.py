"""The attacker of a release as a whole.

`release` reads what is released and nothing else, the modules of attacks (`pairs`, `indicators`,
`sums`, `metadata`) say what follows from it, and `truth` tells from the restricted tables how many
of these claims are about too few people.
"""
