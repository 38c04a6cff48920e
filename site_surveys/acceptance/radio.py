"""Checks that a survey proves: levels in each room, noise, interference, the networks heard."""

import statistics
from collections.abc import Callable, Iterator
from datetime import datetime

import numpy as np

from site_surveys.acceptance.devices import day
from site_surveys.acceptance.evidence import Asked, Evidence, FloorEvidence
from site_surveys.acceptance.outcome import Result, State
from site_surveys.heard import HeardPlace, hear_places
from site_surveys.plan import Room
from site_surveys.profile import AcceptanceProfile
from site_surveys.signal import RoomCoverage, points_inside, room_coverage

BAND = "5"
"""The band that the programme plans for; 2.4 GHz is for things, 6 GHz comes on top."""

_NBSP, _MINUS = "\u00a0", "\u2212"
_NO_SURVEY = Result(State.NOT_PROVED, "aucun relevé n’a été importé pour ce site")


def primary_coverage(asked: Asked) -> Iterator[Result]:
    """Yield, for each room to cover, whether the strongest access point reaches it."""
    yield from _coverage(asked.evidence, asked.profile, rank=0)


def secondary_coverage(asked: Asked) -> Iterator[Result]:
    """Yield, for each room to cover, whether a second access point reaches it."""
    yield from _coverage(asked.evidence, asked.profile, rank=1)


def _coverage(evidence: Evidence, profile: AcceptanceProfile, *, rank: int) -> Iterator[Result]:
    if not evidence.floors:
        yield _NO_SURVEY
    for floor in evidence.floors:
        rooms = [room for room in floor.plan.rooms if room.to_cover]
        radio_map = floor.secondary if rank else floor.primary
        if not rooms:
            text = "le plan ne dit pas quels locaux sont à couvrir"
            yield Result(State.NOT_PROVED, text, floor.place)
        elif radio_map is None:
            yield Result(State.NOT_PROVED, floor.no_map or "aucune carte", floor.place)
        else:
            told = room_coverage(
                radio_map,
                rooms,
                threshold_dbm=profile.threshold_dbm(rank),
                share_needed=profile.room_share,
            )
            for each in told:
                yield _room(floor, each)


def _room(floor: FloorEvidence, told: RoomCoverage) -> Result:
    subject = _subject(floor, told.room)
    lowest = (
        ""
        if told.lowest_dbm is None
        else f"{_NBSP}; 5{_NBSP}% du local à {_level(told.lowest_dbm)}{_NBSP}dBm ou moins"
    )
    share = f"{_percent(told.share)}{lowest}"
    if told.covered is None:
        unknown = _percent(told.unknown_share)
        return Result(State.NOT_PROVED, f"{unknown} du local sans mesure proche", subject)
    return Result(State.PASSED if told.covered else State.FAILED, share, subject)


def snr(asked: Asked) -> Iterator[Result]:
    """Yield, for each room to cover, in how many of its places the signal is clear of the noise."""

    def good(place: HeardPlace) -> bool | None:
        return None if place.snr_db is None else place.snr_db >= asked.profile.snr_db

    def words(places: list[HeardPlace]) -> str:
        told = [place.snr_db for place in places if place.snr_db is not None]
        return f"médiane {_decimal(statistics.median(told))}{_NBSP}dB"

    yield from _of_places(asked.evidence, asked.profile, good, words, "le bruit n’a pas été mesuré")


def co_channel(asked: Asked) -> Iterator[Result]:
    """Yield, for each room to cover, in how many places few access points share one channel."""

    def count(place: HeardPlace) -> int | None:
        channel = place.strongest_channel
        if channel is None:
            return None
        return sum(
            radio.channel == channel and radio.rssi_dbm > asked.profile.co_channel_dbm
            for radio in place.radios
        )

    def good(place: HeardPlace) -> bool | None:
        counted = count(place)
        return None if counted is None else counted <= asked.profile.co_channel_access_points

    def words(places: list[HeardPlace]) -> str:
        most = max(count(place) or 0 for place in places)
        return f"{most} borne{'s' if most > 1 else ''} au plus"

    yield from _of_places(
        asked.evidence, asked.profile, good, words, "les canaux ne sont pas donnés"
    )


def _of_places(
    evidence: Evidence,
    profile: AcceptanceProfile,
    good: Callable[[HeardPlace], bool | None],
    words: Callable[[list[HeardPlace]], str],
    otherwise: str,
) -> Iterator[Result]:
    """Yield, for each room to cover, whether enough of the places in it where told are good."""
    if not evidence.floors:
        yield _NO_SURVEY
    for floor in evidence.floors:
        places = hear_places(floor.samples, band=BAND)
        x = np.array([place.x_m for place in places])
        y = np.array([place.y_m for place in places])
        for room in floor.plan.rooms:
            if not room.to_cover:
                continue
            inside = points_inside(x, y, room.polygon_m)
            told = [
                place
                for place, within in zip(places, inside, strict=True)
                if within and good(place) is not None
            ]
            if not told:
                yield Result(State.NOT_PROVED, otherwise, _subject(floor, room))
                continue
            share = sum(bool(good(place)) for place in told) / len(told)
            state = State.PASSED if share >= profile.room_share else State.FAILED
            text = f"{_percent(share)} de {len(told)} points, {words(told)}"
            yield Result(state, text, _subject(floor, room))


def map_error(asked: Asked) -> Iterator[Result]:
    """Yield, for each floor, whether its map errs little enough to judge rooms by."""
    if not asked.evidence.floors:
        yield _NO_SURVEY
    for floor in asked.evidence.floors:
        validation = floor.primary.validation if floor.primary is not None else None
        if validation is None:
            text = floor.no_map or "trop peu de points de mesure pour la connaître"
            yield Result(State.NOT_PROVED, text, floor.place)
        else:
            state = (
                State.PASSED if validation.rmse_db <= asked.profile.map_error_db else State.FAILED
            )
            text = f"±{_NBSP}{_decimal(validation.rmse_db)}{_NBSP}dB, {validation.places} points"
            yield Result(state, text, floor.place)


def survey_after_push(asked: Asked) -> Iterator[Result]:
    """Yield, for each floor, whether it was surveyed after the last change of an access point."""
    if not asked.evidence.floors:
        yield _NO_SURVEY
    pushes = [point.push_finished_at for point in asked.evidence.access_points]
    last_push = max((at for at in pushes if at is not None), default=None)
    for floor in asked.evidence.floors:
        yield _dated(floor, last_push)


def _dated(floor: FloorEvidence, last_push: datetime | None) -> Result:
    first = floor.first_at
    if first is None:
        return Result(State.NOT_PROVED, "les mesures ne sont pas datées", floor.place)
    if last_push is None:
        text = f"relevé du {day(first)}{_NBSP}; aucun déploiement vérifié"
        return Result(State.NOT_PROVED, text, floor.place)
    text = f"relevé du {day(first)}, déploiement du {day(last_push)}"
    return Result(State.PASSED if first >= last_push else State.FAILED, text, floor.place)


def ssids_heard(asked: Asked) -> Iterator[Result]:
    """Yield, for each network that is planned and not hidden, whether a survey heard it."""
    intents = asked.evidence.access_point_intents
    planned = {wlan.ssid for intent in intents for wlan in intent.wlans if not wlan.hidden}
    if not asked.evidence.floors:
        yield _NO_SURVEY
        return
    if not planned:
        yield Result(State.NOT_PROVED, "aucun réseau n’est prévu pour les bornes connues")
    heard = {
        sample.ssid
        for floor in asked.evidence.floors
        for sample in floor.samples
        if sample.rssi_dbm is not None
    }
    for ssid in sorted(planned):
        if ssid in heard:
            yield Result(State.PASSED, "entendu", ssid)
        else:
            yield Result(State.FAILED, "n’a été entendu en aucun point", ssid)


def _subject(floor: FloorEvidence, room: Room) -> str:
    return f"{room.name} ({floor.place})"


def _percent(share: float) -> str:
    # Rounded down: 94.9 % must not read as the 95 % that it misses.
    return f"{int(share * 100)}{_NBSP}%"


def _level(value: float) -> str:
    return _decimal(value).replace("-", _MINUS)


def _decimal(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")
