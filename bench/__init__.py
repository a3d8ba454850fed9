"""Benchmarks: each table one module with `run`, ratios first."""
