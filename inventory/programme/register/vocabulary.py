"""The values that the editions of the register seen so far use; any other is kept and reported."""

from inventory.programme.spelling import plain

NETWORKS = frozenset(
    plain(name)
    for name in (
        "WBE",
        "Subventionné communal",
        "Subventionné provincial",
        "Libre confessionnel",
        "Libre non confessionnel",
        "COCOF",
    )
)
KINDS = frozenset(
    plain(kind)
    for kind in (
        "Maternel ordinaire",
        "Maternel spécialisé",
        "Primaire ordinaire",
        "Primaire spécialisé",
        "Secondaire ordinaire",
        "Secondaire spécialisé",
        "Secondaire CEFA",
        "Promotion sociale secondaire",
        "Promotion sociale supérieur",
        "Enseignement secondaire pour Adultes",
        "Enseignement supérieur pour Adultes",
        "Artistique à horaire réduit",
        "Haute École",
        "École supérieure des Arts",
        "Université",
    )
)


def is_known_network(name: str) -> bool:
    """Return whether a `reseau` is one of those seen so far."""
    return plain(name) in NETWORKS


def is_known_kind(kind: str) -> bool:
    """Return whether a `type_d_enseignement` is one of those seen so far."""
    return plain(kind) in KINDS
