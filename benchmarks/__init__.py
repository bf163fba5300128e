"""Benchmarks: every figure is a ratio of contenders that took turns in one run. Start with ``python -m benchmarks``."""
