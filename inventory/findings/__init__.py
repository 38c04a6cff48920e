"""Findings: one kind of value and one registry of pure rules for health, compliance, audit and acceptance."""
