"""What the Federation pays for a pupil's computer (operation 2), and what is left to the parents.

`rules.toml` holds the versions of the rules with their sources; nothing here knows who asks.
"""

from inventory.programme.parents.estimate import Contract, Estimate, estimate, solidarity_fund
from inventory.programme.parents.rules import Rules, rules_on, versions

__all__ = [
    "Contract",
    "Estimate",
    "Rules",
    "estimate",
    "rules_on",
    "solidarity_fund",
    "versions",
]
