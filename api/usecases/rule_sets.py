"""Rule sets of eligibility as kept: each version once, in force from its day on."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from api.usecases.brussels import today
from inventory import clock
from inventory.errors import Conflict, NotFound
from inventory.models import EligibilityRuleSet
from inventory.programme.eligibility import (
    DEFAULT_RULE_SET,
    RuleSet,
    rule_set,
    shipped_rule_sets,
)
from inventory.sentences import Sentence


@dataclass(frozen=True, slots=True)
class KnownRules:
    """A rule set; `valid_from` is None for one that comes with the release and nobody kept."""

    rules: RuleSet
    valid_from: date | None
    in_force: bool


def rules_in_force(session: Session) -> RuleSet:
    """Return the rules that judge today: the kept ones that began last, else the default."""
    row = session.exec(
        select(EligibilityRuleSet)
        .where(col(EligibilityRuleSet.valid_from) <= today())
        .order_by(col(EligibilityRuleSet.valid_from).desc(), col(EligibilityRuleSet.id).desc())
        .limit(1)
    ).first()
    return RuleSet.model_validate(row.body) if row is not None else rule_set(DEFAULT_RULE_SET)


def known_rules(session: Session) -> list[KnownRules]:
    """Return every rule set: those kept, the newest first, then those of the release."""
    current = rules_in_force(session).version
    rows = session.exec(
        select(EligibilityRuleSet).order_by(col(EligibilityRuleSet.valid_from).desc())
    ).all()
    kept = [
        KnownRules(RuleSet.model_validate(row.body), row.valid_from, row.version == current)
        for row in rows
    ]
    versions = {each.rules.version for each in kept}
    shipped = [
        KnownRules(rules, None, version == current)
        for version, rules in shipped_rule_sets().items()
        if version not in versions
    ]
    return [*kept, *shipped]


def find_rules(session: Session, version: str | None) -> RuleSet:
    """Return the rules of a version, those in force for None; raises NotFound."""
    if version is None:
        return rules_in_force(session)
    for known in known_rules(session):
        if known.rules.version == version:
            return known.rules
    raise NotFound(
        Sentence("Le jeu de règles %(version)s n’existe pas", version=version[:60]),
        todo=Sentence("voyez\u00a0: preau eligibility rules"),
    )


def keep_rules(
    session: Session, rules: RuleSet, *, actor: str, valid_from: date | None = None
) -> bool:
    """Keep a version, in force from `valid_from` or its own day; False where it is kept already.

    Raises Conflict for other rules under a version that is kept or comes with the release: sites
    were judged by it.
    """
    begins = valid_from or rules.in_force_from
    body = rules.model_dump(mode="json")
    shipped = shipped_rule_sets().get(rules.version)
    row = session.exec(
        select(EligibilityRuleSet).where(EligibilityRuleSet.version == rules.version)
    ).first()
    known = RuleSet.model_validate(row.body) if row is not None else shipped
    if known is not None and known != rules:
        raise Conflict(
            Sentence(
                "Le jeu de règles %(version)s est connu et dit autre chose", version=rules.version
            ),
            todo=Sentence("donnez-lui une nouvelle version"),
        )
    if row is not None:
        if row.valid_from == begins:
            return False
        row.valid_from = begins
    else:
        session.add(
            EligibilityRuleSet(
                version=rules.version,
                valid_from=begins,
                body=body,
                created_by=actor,
                created_at=clock.now(),
            )
        )
    session.flush()
    return True
