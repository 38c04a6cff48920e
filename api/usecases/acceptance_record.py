"""The record of an acceptance run: everything that its report says, as JSON, with its hashes.

Pure: values in, values out. The record is what was signed for; nothing in it is looked up later.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from api.usecases.acceptance_evidence import SiteEvidence
from api.usecases.site_detail import ServedImplantation
from inventory.models import Reserve
from inventory.observation import Observation
from site_surveys.acceptance.evidence import DeviceEvidence, FloorEvidence, Ordered
from site_surveys.acceptance.outcome import Outcome, verdict
from site_surveys.profile import AcceptanceProfile

FORM = 1
"""Of the record; a later release still renders the records of an earlier one."""


def canonical(value: Any) -> bytes:
    """Return a JSON value as bytes that are the same for the same value."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def site_json(
    evidence: SiteEvidence, implantations: Iterable[ServedImplantation]
) -> dict[str, Any]:
    """Return who the site is: its name, place, and the schools that it serves by FASE number."""
    site = evidence.site
    return {
        "id": site.id,
        "name": site.name,
        "address": site.address,
        "postal_code": site.postal_code,
        "locality": site.locality or site.commune,
        "province": site.province,
        "implantations": [
            {
                "fase": f"{each.school_fase}/{each.implantation_fase}",
                "school": each.school,
                "organising_authority": each.organising_authority,
                "education_network": each.education_network,
                "address": each.address,
            }
            for each in implantations
        ],
    }


def inputs_json(evidence: SiteEvidence, profile: AcceptanceProfile) -> dict[str, Any]:
    """Return what the checks looked at, by ids, hashes and times."""
    return {
        "at": _time(evidence.now),
        "profile_sha256": profile.sha256,
        "devices": [_device_input(each) for each in evidence.devices],
        "surveys": [
            {"id": kept.survey_id, "sha256": sha256, "samples": len(kept.samples)}
            for kept, sha256 in evidence.surveys
        ],
        "ordered": [
            {"serial": each.serial, "role": each.role, "name": each.name, "model": each.model}
            for each in evidence.ordered
        ],
        "serials_expected": evidence.serials_expected,
        "words": [
            {
                "id": word.id,
                "check": check_id,
                "passed": word.passed,
                "evidence_sha256": word.evidence_sha256,
            }
            for check_id, word in sorted(evidence.words.items())
        ],
        "documents": [{"kind": each.kind, "sha256": each.sha256} for each in evidence.documents],
    }


def _device_input(device: DeviceEvidence) -> dict[str, Any]:
    subject = device.subject
    return {
        "id": device.id,
        "name": device.name,
        "family": subject.family,
        "lifecycle": str(subject.lifecycle),
        "firmware": subject.firmware,
        "read_at": _time(device.read_at),
        "observation": device.observation_id,
        "error": subject.last_error_kind,
        "push": device.push_id,
        "push_verified": device.push_verified,
        "configuration_unchanged": subject.config_matches_last_push,
        "dispensations": sorted(device.dispensations),
    }


def equipment_json(evidence: SiteEvidence) -> list[dict[str, Any]]:
    """Return what stands at the site; a serial that no device tells comes from the order."""
    delivered = {each.name.lower(): each for each in evidence.ordered if each.name}
    return [_equipment(device, delivered.get(device.name.lower())) for device in evidence.devices]


def _equipment(device: DeviceEvidence, ordered: Ordered | None) -> dict[str, Any]:
    subject = device.subject
    read: Observation | None = subject.observation
    told = (read.identity.serial if read is not None else None) or subject.serial
    serial = told or (ordered.serial if ordered is not None else None)
    return {
        "name": device.name,
        "role": str(subject.role),
        "vendor": read.identity.vendor if read is not None else None,
        "model": subject.model or (ordered.model if ordered is not None else None),
        "serial": serial,
        "serial_from": None if serial is None else ("reading" if told else "order"),
        "firmware": subject.firmware,
        "port": f"{device.seen_on.switch} {device.seen_on.port}" if device.seen_on else None,
        "read_at": _time(device.read_at),
    }


def checks_json(outcomes: Sequence[Outcome], profile: AcceptanceProfile) -> list[dict[str, Any]]:
    """Return every check with its limit, source and results."""
    return [
        {
            "id": outcome.check.id,
            "group": outcome.check.group,
            "title": outcome.check.title,
            "limit": profile.limit_text(outcome.check),
            "source": outcome.check.source,
            "severity": outcome.check.severity,
            "proof": list(outcome.check.proof),
            "state": outcome.state.value,
            "results": [
                {"state": each.state.value, "subject": each.subject, "found": each.found}
                for each in outcome.results
            ],
        }
        for outcome in outcomes
    ]


def maps_json(floors: Iterable[FloorEvidence], pictures: dict[int, str]) -> list[dict[str, Any]]:
    """Return the heat maps that were judged; `pictures` holds the SHA-256 of each, by survey."""
    return [
        {
            "survey": floor.survey_id,
            "place": floor.place,
            "sha256": pictures[floor.survey_id],
            "surveyed_on": floor.surveyed_on.isoformat() if floor.surveyed_on else None,
        }
        for floor in floors
        if floor.survey_id in pictures
    ]


def reserve_json(reserve: Reserve) -> dict[str, Any]:
    """Return a reserve as it stands."""
    return {
        "number": reserve.number,
        "check": reserve.check_id,
        "subject": reserve.subject,
        "severity": str(reserve.severity),
        "message": reserve.message,
        "responsible": reserve.responsible,
        "due_on": reserve.due_on.isoformat() if reserve.due_on else None,
        "opened_at": _time(reserve.opened_at),
        "opened_by": reserve.opened_by,
        "lifted_at": _time(reserve.lifted_at),
        "lifted_by": reserve.lifted_by,
        "lifted_note": reserve.lifted_note,
        "lifted_evidence": reserve.lifted_evidence_name,
    }


def record_json(
    evidence: SiteEvidence,
    profile: AcceptanceProfile,
    outcomes: Sequence[Outcome],
    *,
    site: dict[str, Any],
    maps: list[dict[str, Any]],
    reserves: Iterable[Reserve],
    actor: str,
) -> dict[str, Any]:
    """Return the whole record of a run, without its number."""
    inputs = inputs_json(evidence, profile)
    return {
        "form": FORM,
        "at": _time(evidence.now),
        "actor": actor,
        "site": site,
        "profile": {
            "version": profile.version,
            "level": profile.level,
            "sha256": profile.sha256,
            "letterhead": profile.letterhead.model_dump(mode="json"),
            "primary_rssi_dbm": profile.primary_rssi_dbm,
        },
        "verdict": verdict(outcomes).value,
        "inputs": inputs,
        "inputs_sha256": digest(inputs),
        "equipment": equipment_json(evidence),
        "maps": maps,
        "checks": checks_json(outcomes, profile),
        "reserves": [reserve_json(each) for each in reserves],
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
