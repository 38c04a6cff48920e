"""Who may tell which fact of a dossier with a step: whoever answers for it, and no other role.

Without it, who makes any step could sign for the others, or give the site to another lot. The
programme's manager tells what others hand in on paper, except what acceptance rests on.
"""

from collections.abc import Mapping

from inventory.programme.dossier.status import Role

_MANAGER = frozenset({Role.PROGRAMME_MANAGER})
_FIELD = _MANAGER | {Role.CONTRACTOR, Role.INSTALLER, Role.ADVISER, Role.CONTRACT_OFFICER}
_STUDY = _MANAGER | {Role.CONTRACTOR, Role.ADVISER}
_TESTERS = frozenset({Role.CONTRACTOR, Role.NETWORK_ENGINEER, Role.CONTRACT_OFFICER})

TOLD_BY: Mapping[str, frozenset[Role]] = {
    "priority_score": _MANAGER,
    "funding_source": _MANAGER | {Role.CONTRACT_OFFICER},
    "lot": _MANAGER,
    "floor_plans_received_on": _STUDY | {Role.ORGANISING_AUTHORITY, Role.SCHOOL_HEAD},
    "visit_on": _STUDY | {Role.ORGANISING_AUTHORITY, Role.SCHOOL_HEAD},
    "open_prerequisites": _STUDY | {Role.ORGANISING_AUTHORITY, Role.CONTRACT_OFFICER},
    "organising_authority_signed_on": _MANAGER | {Role.ORGANISING_AUTHORITY},
    "programme_signed_on": _MANAGER,
    "works_from": _STUDY | {Role.ORGANISING_AUTHORITY, Role.CONTRACT_OFFICER},
    "works_until": _STUDY | {Role.ORGANISING_AUTHORITY, Role.CONTRACT_OFFICER},
    "serials_expected": _FIELD,
    "serials_scanned": _FIELD,
    "access_points_placed": _FIELD | {Role.NETWORK_ENGINEER},
    "validation_survey_on": _TESTERS,
    "machine_checks_passed": _TESTERS,
    "open_reserves": _TESTERS,
    "blocking_reserves": _TESTERS,
    "guarantee_ends_on": _MANAGER | {Role.CONTRACT_OFFICER},
    "final_acceptance_drawn_up_on": frozenset({Role.CONTRACT_OFFICER}),
    "loan_convention_signed_on": _MANAGER | {Role.ADVISER, Role.CONTRACT_OFFICER},
}
