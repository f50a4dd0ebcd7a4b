"""Python that runs on Spark's workers: bandicoot's indicators per user."""
