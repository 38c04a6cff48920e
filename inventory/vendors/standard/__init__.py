"""Readers of the MIBs that all vendors share, a module for each subject.

Every reader is a pure function of a `MibView`, stands an empty one, and has beside it the `COLUMNS`
that it needs. `standard.observation` puts them together.
"""
