"""What a map says in words, in French: its title, its error, its verdict on a room, its legend."""

import math
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from site_surveys.interpolation import REACH_M
from site_surveys.profile import AcceptanceProfile
from site_surveys.signal import Method, RadioMap, RoomCoverage

INK = "#1d1d1b"
NOT_HEARD_COLOUR = "#a3341c"
NBSP = "\u00a0"


@dataclass(frozen=True)
class Subject:
    """What a map is of."""

    place: str
    band: str
    ssid: str | None = None
    rank: int = 0
    bssid: str | None = None


def room_words(told: RoomCoverage) -> str:
    """Return what is said of a room, in French: a sign, a word and the share of its area."""
    if not told.room.to_cover:
        return "non demandée"
    if told.covered is None:
        return "? mesures insuffisantes"
    # Rounded down: 94.9 % must not read as the 95 % that it misses.
    share = f"{math.floor(told.share * 100)}{NBSP}%"
    return f"✓ couverte ({share})" if told.covered else f"✗ insuffisante ({share})"


def draw_captions(
    figure: Figure, radio_map: RadioMap, profile: AcceptanceProfile, subject: Subject
) -> None:
    """Write the title, the measure with its error, the profile and the legend."""
    height = figure.get_figheight()
    left = 0.03
    what = "de la deuxième borne" if subject.rank else "de la borne la plus forte"
    network = f", réseau «{NBSP}{subject.ssid}{NBSP}»" if subject.ssid else ""
    if subject.bssid:
        what, network = f"du BSSID {colons(subject.bssid)}", ""
    figure.text(left, 1 - 0.42 / height, subject.place, fontsize=14, weight="bold", color=INK)
    figure.text(
        left,
        1 - 0.72 / height,
        f"Niveau {what} à {subject.band.replace('.', ',')}{NBSP}GHz{network}"
        f" · {error_words(radio_map)}",
        fontsize=9,
        color=INK,
    )
    level = "strict" if profile.level == "strict" else "normal"
    figure.text(
        left,
        0.22 / height,
        f"Profil de recette {profile.version}, niveau {level}{NBSP}: la borne la plus forte à"
        f" {level_text(profile.primary_rssi_dbm)}{NBSP}dBm au moins,"
        f" la deuxième à {level_text(profile.secondary_rssi_dbm)}{NBSP}dBm,"
        f" sur {number_text(profile.room_share * 100)}{NBSP}% de chaque local à couvrir.\n"
        f"Rien n’est dit à plus de {number_text(REACH_M)}{NBSP}m d’un point de mesure, ni derrière"
        f" du béton. {method_sentence(radio_map) or ''}",
        fontsize=7,
        color=INK,
        va="center",
    )
    _draw_legend(figure, radio_map, profile, subject)


def _draw_legend(
    figure: Figure, radio_map: RadioMap, profile: AcceptanceProfile, subject: Subject
) -> None:
    right, bottom = 1 - 0.35 / figure.get_figwidth(), 0.62 / figure.get_figheight()

    primary = f"{level_text(profile.primary_rssi_dbm)} dBm"
    secondary = f"{level_text(profile.secondary_rssi_dbm)} dBm"
    grey: dict[str, Any] = {"color": "#8a8a8a", "linewidth": 1.6}
    entries: list[Any] = [
        Line2D([], [], linestyle="solid", label=primary, **grey),
        Line2D(
            [], [], linestyle="dashed", label=secondary, **grey
        ),
        Line2D(
            [], [], linestyle="none", marker="o", markersize=3.5, markerfacecolor="white",
            markeredgecolor=INK, label="point de mesure",
        ),
    ]  # fmt: skip
    if not radio_map.places.heard.all():
        unheard = "pas de deuxième borne" if subject.rank else "non reçue"
        entries.append(
            Line2D([], [], linestyle="none", marker="x", markersize=4.5, color=INK,
                   label="point sans réception")
        )  # fmt: skip
        entries.append(Patch(facecolor=NOT_HEARD_COLOUR, label=unheard))
    figure.legend(
        handles=entries, loc="center right", bbox_to_anchor=(right, bottom), ncols=len(entries),
        fontsize=7.5, frameon=False, handlelength=2.2, columnspacing=1.4,
    )  # fmt: skip


def colons(bssid: str) -> str:
    """Return an address as people write it."""
    return ":".join(bssid[at : at + 2] for at in range(0, len(bssid), 2))


def error_words(radio_map: RadioMap) -> str:
    """Return how many places, access points and what error a map has, in French."""
    count = f"{len(radio_map.places.rssi_dbm)} points de mesure"
    found = radio_map.places.access_points
    bornes = f"{found} borne{'s' if found > 1 else ''} entendue{'s' if found > 1 else ''}"
    validation = radio_map.validation
    error = (
        f"erreur de la carte ±{NBSP}{number_text(validation.rmse_db)}{NBSP}dB"
        " (validation croisée par blocs)"
        if validation
        else "erreur de la carte inconnue (trop peu de points)"
    )
    return f"{count} · {bornes} · {error}"


def error_sentence(radio_map: RadioMap) -> str:
    """Return how far a map may be wrong, as a French sentence for people."""
    validation = radio_map.validation
    if validation is None:
        return "L’erreur de cette carte n’est pas connue : il y a trop peu de points de mesure."
    return (
        f"Cette carte se trompe d’environ ±{NBSP}{number_text(validation.rmse_db)}{NBSP}dB :"
        f" c’est l’écart constaté en {validation.places} points de mesure qu’on lui avait cachés,"
        " par blocs."
    )


def method_sentence(radio_map: RadioMap) -> str | None:
    """Return whether the plan's walls helped, as a French sentence; None where it is not known."""
    compared = radio_map.comparison
    if compared is None:
        return None
    without, with_walls = (
        f"±{NBSP}{number_text(each.rmse_db)}{NBSP}dB"
        for each in (compared.readings, compared.walls)
    )
    if radio_map.method is Method.WALLS:
        return (
            f"Les murs du plan sont pris en compte{NBSP}: sans eux, l’erreur serait de {without}."
        )
    return (
        f"Les murs du plan ne sont pas pris en compte{NBSP}: avec eux, l’erreur serait de"
        f" {with_walls}."
    )


def number_text(value: float) -> str:
    """Return a number as it is written in French, one decimal at most."""
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")


def level_text(value: float) -> str:
    """Return a level with a true minus sign."""
    return number_text(value).replace("-", "−")
