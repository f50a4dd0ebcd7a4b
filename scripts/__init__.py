"""Command line helpers of the project: the local Spark server and its companions."""
