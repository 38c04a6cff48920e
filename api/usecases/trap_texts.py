"""What a notification says, in the words of the event log."""

from collectors.traps.episodes import Entry
from inventory.sentences import N_, Sentence
from inventory.vendors.notification import Meaning, Told

# What is said of a port of which the neighbour is unknown, and known.
_LINK = {
    Meaning.LINK_DOWN: (
        N_("%(device)s\u00a0: le port %(port)s n’a plus de lien"),
        N_("%(device)s\u00a0: le port %(port)s, vers %(neighbour)s, n’a plus de lien"),
    ),
    Meaning.LINK_UP: (
        N_("%(device)s\u00a0: le port %(port)s a un lien"),
        N_("%(device)s\u00a0: le port %(port)s, vers %(neighbour)s, a un lien"),
    ),
}
_POWER = {
    Meaning.POE_ON: N_("%(device)s\u00a0: le port PoE %(port)s est alimenté"),
    Meaning.POE_OFF: N_("%(device)s\u00a0: le port PoE %(port)s n’est plus alimenté"),
}
_ACCESS_POINT = {
    Meaning.ACCESS_POINT_UP: N_("%(point)s a rejoint le contrôleur %(device)s"),
    Meaning.ACCESS_POINT_DOWN: N_("%(point)s a quitté le contrôleur %(device)s"),
}
_DEVICE = {
    Meaning.COLD_START: N_("%(device)s a redémarré (à froid)"),
    Meaning.WARM_START: N_("%(device)s a redémarré (à chaud)"),
    Meaning.AUTHENTICATION_FAILURE: N_("%(device)s a refusé une demande SNMP"),
    Meaning.NEIGHBOURS_CHANGED: N_("%(device)s\u00a0: ses voisins ont changé"),
    Meaning.PARTS_CHANGED: N_("%(device)s\u00a0: sa composition matérielle a changé"),
}


def entry_text(entry: Entry, device: str, port: str | None, neighbour: str | None) -> Sentence:
    """Return what an entry of the event log says of `device`.

    `port` is the interface's name and `neighbour` what its cable leads to, where they are known.
    """
    if entry.told is None:
        return Sentence.counted(
            "%(device)s\u00a0: %(num)s notification écartée, l’équipement en envoie trop",
            "%(device)s\u00a0: %(num)s notifications écartées, l’équipement en envoie trop",
            entry.count,
            device=device,
        )
    said = _said(entry.told, device, port or _port(entry.told), neighbour)
    if entry.changes:
        return Sentence(
            "%(said)s (état instable\u00a0: %(count)s changements)", said=said, count=entry.changes
        )
    if entry.count > 1:
        return Sentence("%(said)s (%(count)s fois)", said=said, count=entry.count)
    return said


def _said(told: Told, device: str, port: str, neighbour: str | None) -> Sentence:
    if told.meaning in _LINK:
        alone, cabled = _LINK[told.meaning]
        if neighbour is None:
            return Sentence(alone, device=device, port=port)
        return Sentence(cabled, device=device, port=port, neighbour=neighbour)
    if told.meaning in _POWER:
        return Sentence(_POWER[told.meaning], device=device, port=port)
    if told.meaning in _ACCESS_POINT:
        point = neighbour or told.label or told.mac or "?"
        return Sentence(_ACCESS_POINT[told.meaning], point=point, device=device)
    if told.meaning is Meaning.AUTHENTICATION_FAILURE and told.address:
        return Sentence(
            "%(device)s a refusé une demande SNMP de %(address)s",
            device=device,
            address=told.address,
        )
    return Sentence(_DEVICE[told.meaning], device=device)


def _port(told: Told) -> str:
    """Return what there is to name a port that no reading knows."""
    known = told.if_name or told.if_descr or told.place
    return known or (f"n°\u00a0{told.if_index}" if told.if_index else "?")
