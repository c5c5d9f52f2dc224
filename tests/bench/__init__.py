"""Measurements: `make bench`, or `python -m tests.bench --help`. Tests assert none of these figures."""
