"""Recordings whose OIDs `snmpwalk` wrote by their names, in each way that it has."""

from pathlib import Path

import pytest

from collectors.recorded import observe_recording
from collectors.snmp.recording import parse_recording
from inventory.vendors.mib import oid

# As net-snmp prints them with its MIB modules: by default, with -Os, with -Of.
_DEFAULT = """SNMPv2-MIB::sysDescr.0 = STRING: first line
second line
SNMPv2-MIB::sysObjectID.0 = OID: SNMPv2-SMI::enterprises.4526.100.4.37
DISMAN-EVENT-MIB::sysUpTimeInstance = Timeticks: (5656) 0:00:56.56
IF-MIB::ifDescr.1 = STRING: g1
IF-MIB::ifPhysAddress.1 = STRING: 0:1a:2b:3:4:5
IF-MIB::ifAdminStatus.1 = INTEGER: up(1)
IF-MIB::ifMtu.1 = INTEGER: 1500 octets
SNMPv2-SMI::mib-2.47.1.1.1.1.11.1 = STRING: "S1"
HOST-RESOURCES-MIB::hrStorageType.1 = OID: HOST-RESOURCES-TYPES::hrStorageRam
NET-SNMP-EXTEND-MIB::nsExtendOutput1Line."ab" = STRING: told
"""
_SHORT = "\n".join(line.split("::", 1)[-1] for line in _DEFAULT.splitlines())
_FULL = """.iso.org.dod.internet.mgmt.mib-2.system.sysDescr.0 = STRING: first line
second line
.iso.org.dod.internet.mgmt.mib-2.system.sysObjectID.0 = OID: .iso.org.dod.internet.private\
.enterprises.4526.100.4.37
"""


@pytest.mark.parametrize("text", [_DEFAULT, _SHORT], ids=["module::name", "name"])
def test_names_of_objects_are_read_as_their_oids(text: str, tmp_path: Path) -> None:
    path = tmp_path / "named.snmpwalk"
    path.write_text(text)
    observed = observe_recording(path)
    assert observed.identity.sys_descr == "first line\nsecond line"
    assert observed.identity.sys_object_id == "1.3.6.1.4.1.4526.100.4.37"
    assert observed.identity.uptime_s == 56.56
    port = observed.interfaces[0]
    assert (port.name, port.mac, port.admin, port.mtu) == ("g1", "001a2b030405", "up", 1500)
    assert observed.problems == ()


def test_an_index_in_words_is_its_length_and_its_octets() -> None:
    recording = parse_recording(_DEFAULT.encode())
    assert recording is not None
    told = recording.view().get(oid("1.3.6.1.4.1.8072.1.3.2.3.1.1.2.97.98"))
    assert told == b"told"


def test_the_whole_path_of_names_is_read() -> None:
    recording = parse_recording(_FULL.encode())
    assert recording is not None
    view = recording.view()
    assert view.get(oid("1.3.6.1.2.1.1.1.0")) == b"first line\nsecond line"
    assert view.get(oid("1.3.6.1.2.1.1.2.0")) == oid("1.3.6.1.4.1.4526.100.4.37")


def test_a_name_that_is_not_known_is_a_problem_and_ends_the_text_before_it() -> None:
    recording = parse_recording(
        b"SNMPv2-MIB::sysDescr.0 = STRING: a switch\nSOME-MIB::someThing.1 = INTEGER: 4\n"
    )
    assert recording is not None
    view = recording.view()
    assert view.get(oid("1.3.6.1.2.1.1.1.0")) == b"a switch"
    assert [problem.what for problem in view.problems] == ["1 line of the recording"]


def test_a_text_with_an_equals_sign_in_a_recording_in_figures_stays() -> None:
    recording = parse_recording(b'.1.3.6.1.2.1.1.1.0 = STRING: "a = 1\nsysName.0 = 2\nb::c = 2"\n')
    assert recording is not None
    assert recording.view().get(oid("1.3.6.1.2.1.1.1.0")) == b"a = 1\nsysName.0 = 2\nb::c = 2"


def test_a_name_without_its_type_is_an_oid_where_its_module_stands() -> None:
    recording = parse_recording(
        b"SNMPv2-MIB::sysDescr.0 = ifDescr\n"
        b"SNMPv2-MIB::sysObjectID.0 = SNMPv2-SMI::enterprises.9.1.1208\n"
    )
    assert recording is not None
    view = recording.view()
    assert view.get(oid("1.3.6.1.2.1.1.1.0")) == b"ifDescr"
    assert view.get(oid("1.3.6.1.2.1.1.2.0")) == oid("1.3.6.1.4.1.9.1.1208")


@pytest.mark.parametrize("first", ["SNMPv2-MIB::sysName.0", "iso.3.6.1.2.1.1.5.0"])
def test_empty_lines_without_end_are_passed_in_one_go(first: str) -> None:
    recording = parse_recording(f"{first} = STRING: sw1\n".encode() + b"\n" * 300_000)
    assert recording is not None
    assert recording.view().get(oid("1.3.6.1.2.1.1.5.0")) == b"sw1"


def test_a_path_without_end_is_a_problem_soon() -> None:
    recording = parse_recording(b".iso." + b"a." * 100_000 + b"\n.1.3.6.1 = INTEGER: 1\n")
    assert recording is not None
    assert [problem.what for problem in recording.view().problems] == ["1 line of the recording"]
