"""Reads AlliedWare Plus: AT-RESOURCE-MIB's boards, AT-SYSINFO-MIB and AT-ENVMONv2-MIB."""

from dataclasses import replace

from inventory.observation import Member, Observation
from inventory.vendors.mib import MibView, Oid, oid
from inventory.vendors.reading import SYS_OBJECT_ID
from inventory.vendors.standard import health
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, Word, described, instance, recogniser

_ALLIED = "1.3.6.1.4.1.207"
_PLUS = f"{_ALLIED}.8.4.4"
# AT-RESOURCE-MIB rscBoardTable, index (stack member, board): name, serial number.
_BOARD_NAME, _BOARD_SERIAL = (oid(f"{_PLUS}.3.21.1.1.{column}") for column in (4, 8))
# AT-SETUP-MIB currSoftVersion.
_VERSION = f"{_PLUS}.4.500.2.1.1.0"
# AT-SYSINFO-MIB cpuUtilisationStackAvgLastMinute.
_CPU = f"{_PLUS}.3.3.8.1.4"
# AT-ENVMONv2-MIB atEnvMonv2TemperatureTable: description, °C.
_SENSOR = f"{_PLUS}.3.12.3.1"
_NO_SENSOR = {128, -128}  # what an empty bay answers
# AT-PRODUCT-MIB's chassis, whose first boards are line cards: their controller speaks for them.
_CHASSIS = {
    oid(f"{_ALLIED}.1.14.{number}"): name
    for number, name in {86: "AT-SBx8112", 114: "AT-SBx8106"}.items()
}
_CONTROLLER_BAYS = (5, 6)


def _boards(view: MibView) -> list[tuple[Oid, str]]:
    """Return (index, name) of the boards in order."""
    return list(view.texts(_BOARD_NAME).items())


def _model(view: MibView) -> str | None:
    answered = view.get(SYS_OBJECT_ID)
    if isinstance(answered, tuple) and answered in _CHASSIS:
        return _CHASSIS[answered]
    boards = _boards(view)
    return boards[0][1] if boards else None


def _serial(view: MibView) -> str | None:
    serials = view.texts(_BOARD_SERIAL)
    answered = view.get(SYS_OBJECT_ID)
    if isinstance(answered, tuple) and answered in _CHASSIS:
        for bay in _CONTROLLER_BAYS:
            found = next((told for index, told in serials.items() if index[0] == bay), None)
            if found:
                return found
    return next(iter(serials.values()), None)


def _refine(view: MibView, read: Observation) -> Observation:
    """Name the members of a VCStack by their first board, which is the base board."""
    answered = view.get(SYS_OBJECT_ID)
    if isinstance(answered, tuple) and answered in _CHASSIS:
        return read
    serials = view.texts(_BOARD_SERIAL)
    members: dict[int, Member] = {}
    for index, name in _boards(view):
        member = Member(index[0], name, serials.get(index), read.identity.firmware)
        members.setdefault(index[0], member)
    if len(members) < 2:
        return read
    return replace(read, identity=replace(read.identity, members=tuple(members.values())))


PROFILE = Profile(
    family="awplus",
    vendor="Allied Telesis",
    recognise=recogniser(
        Sign(roots=(_ALLIED,), words=r"AW\+|AlliedWare Plus"),
        Sign(words=r"^Allied Telesis .*(?:AW\+ v\d|AlliedWare Plus)"),
    ),
    model=(Word(_model), described(r"\b(AT-\S+|x\d{3}\S*)")),
    serial=(Word(_serial),),
    firmware=(
        instance(_VERSION),
        described(r"(?:AW\+ v|Plus\) (?:Version )?|version )(\d[\w.-]+)"),
    ),
    figures=(
        health.cpu(_CPU),
        health.temperature(
            f"{_SENSOR}.5",
            labels=oid(f"{_SENSOR}.4"),
            keep=lambda degrees: degrees not in _NO_SENSOR,
        ),
    ),
    columns=(_BOARD_NAME, _BOARD_SERIAL),
    refine=_refine,
)
READING = reading(PROFILE)
