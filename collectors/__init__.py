"""Talks to devices, read only."""
