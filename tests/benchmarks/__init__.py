"""Benchmarks print; tests never assert seconds. python -m tests.benchmarks.world"""
