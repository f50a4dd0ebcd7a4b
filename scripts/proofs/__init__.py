"""Proofs of the project's promises that are too long for one file; each is a package."""
