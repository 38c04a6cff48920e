"""Who may take part: versioned rule sets as data (`rules`), and what they answer (`judging`)."""

from inventory.programme.eligibility.judging import (
    Eligibility,
    Offer,
    Verdict,
    judge_site,
    region_of,
)
from inventory.programme.eligibility.rules import (
    DEFAULT_RULE_SET,
    RuleSet,
    read_rule_set,
    rule_set,
    shipped_rule_sets,
)

__all__ = [
    "DEFAULT_RULE_SET",
    "Eligibility",
    "Offer",
    "RuleSet",
    "Verdict",
    "judge_site",
    "read_rule_set",
    "region_of",
    "rule_set",
    "shipped_rule_sets",
]
