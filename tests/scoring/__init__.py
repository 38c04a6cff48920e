"""Scores the readings against recordings of real devices: `python -m tests.scoring`."""
