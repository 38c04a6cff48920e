"""Reads IronWare (ICX, FastIron, NetIron): FOUNDRY-SN-AGENT-MIB and -SWITCH-GROUP-MIB."""

from dataclasses import replace

from inventory.observation import Member, Neighbour, Observation, Poe, PoePort
from inventory.vendors.mib import MibView, Oid, mac, oid, text
from inventory.vendors.standard import health
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.words import Sign, chassis, described, instance, recogniser

_FOUNDRY = "1.3.6.1.4.1.1991.1.1"
# FOUNDRY-SN-AGENT-MIB snChasSerNum, snAgImgVer.
_SERIAL, _IMAGE = f"{_FOUNDRY}.1.1.2.0", f"{_FOUNDRY}.2.1.11.0"
# snAgentCpuUtilTable, index (slot, CPU, interval in s): per cent, and hundredths of it.
_CPU_PERCENT, _CPU_100TH = (oid(f"{_FOUNDRY}.2.11.1.1.{column}") for column in (4, 6))
_FIVE_MINUTES = 300
# snAgSystemDRAMTotal, -Free (octets); snAgGblDynMemUtil (per cent) on older software.
_DRAM_TOTAL, _DRAM_FREE = oid(f"{_FOUNDRY}.2.1.54"), oid(f"{_FOUNDRY}.2.1.55")
_MEMORY = f"{_FOUNDRY}.2.1.53"
# snAgentTempTable, snAgentTemp2Table (with the stack's unit): description, half degrees Celsius.
_TEMP_DESCR, _TEMP = oid(f"{_FOUNDRY}.2.13.1.1.3"), f"{_FOUNDRY}.2.13.1.1.4"
_TEMP2_DESCR, _TEMP2 = oid(f"{_FOUNDRY}.2.13.3.1.4"), f"{_FOUNDRY}.2.13.3.1.5"
# snChasUnitTable: serial and part number of each unit; FOUNDRY-SN-STACKING-MIB's image version.
_UNIT_SERIAL, _UNIT_PART = oid(f"{_FOUNDRY}.1.4.1.1.2"), oid(f"{_FOUNDRY}.1.4.1.1.7")
_UNIT_IMAGE = oid(f"{_FOUNDRY}.3.31.2.2.1.13")
# FOUNDRY-SN-SWITCH-GROUP-MIB snFdpCacheTable, index (ifIndex, device).
_FDP = oid(f"{_FOUNDRY}.3.20.1.2.1.1")
_FDP_DEVICE, _FDP_PORT, _FDP_PLATFORM, _FDP_VENDOR = 3, 7, 8, 10
_CDP = 2  # snFdpCacheVendorId cdp; 1 is fdp
# FOUNDRY-POE-MIB snAgentPoeGblPowerCapacityTotal (mW); snAgentPoePortTable, index ifIndex: control
# (a port without power is other), consumed power (mW).
_POE_CAPACITY = oid(f"{_FOUNDRY}.2.14.1.1.0")
_POE_CONTROL, _POE_CONSUMED = (oid(f"{_FOUNDRY}.2.14.2.2.1.{column}") for column in (2, 6))
_POE_OTHER, _POE_DISABLED = 1, 2

_MAKER = r"(?:[^,]+, Inc\.,? |(?:Brocade|Foundry|Ruckus|RUCKUS|Extreme Networks) )?"


def _refine(view: MibView, read: Observation) -> Observation:
    keep = tuple(
        metric
        for metric in read.metrics
        if metric.name != "cpu_percent" or _is_five_minutes(oid(metric.oid))
    )
    return replace(
        read,
        identity=replace(read.identity, members=_units(view, read)),
        neighbours=(*read.neighbours, *_fdp(view, read)),
        poe=read.poe or _poe(view),
        metrics=keep,
    )


def _is_five_minutes(source: Oid) -> bool:
    """Tell whether a load is no row of snAgentCpuUtilTable, or the one of five minutes."""
    ours = source[: len(_CPU_PERCENT)] in (_CPU_PERCENT, _CPU_100TH)
    return not ours or source[-1] == _FIVE_MINUTES


def _units(view: MibView, read: Observation) -> tuple[Member, ...]:
    serials, parts = view.texts(_UNIT_SERIAL), view.texts(_UNIT_PART)
    images = view.texts(_UNIT_IMAGE)
    if len(serials) < 2:
        return read.identity.members
    models = {member.serial: member.model for member in read.identity.members}
    return tuple(
        Member(
            index=index[-1],
            model=models.get(serial) or parts.get(index),
            serial=serial,
            firmware=images.get(index) or read.identity.firmware,
        )
        for index, serial in sorted(serials.items())
    )


def _poe(view: MibView) -> Poe | None:
    control, consumed = view.integers(_POE_CONTROL), view.integers(_POE_CONSUMED)
    capacity = view.integer(_POE_CAPACITY)
    powered = {index: kind for index, kind in control.items() if index and kind != _POE_OTHER}
    if not powered:
        return None
    return Poe(
        budget_w=capacity / 1000 if capacity else None,
        ports=tuple(
            PoePort(
                interface=index[0],
                admin=kind != _POE_DISABLED,
                power_w=consumed[index] / 1000 if consumed.get(index, -1) >= 0 else None,
            )
            for index, kind in powered.items()
        ),
    )


def _fdp(view: MibView, read: Observation) -> tuple[Neighbour, ...]:
    """Return the devices heard by Foundry's protocol, which also keeps those heard by CDP."""
    names = {port.index: port.name for port in read.interfaces}
    known = {(n.local_interface, n.protocol, n.system_name) for n in read.neighbours}
    vendors = view.integers((*_FDP, _FDP_VENDOR))
    found = []
    for index, device in view.column((*_FDP, _FDP_DEVICE)).items():
        protocol = "cdp" if vendors.get(index) == _CDP else "fdp"
        address = mac(device) if isinstance(device, bytes) and not device.isascii() else None
        name = address or text(device)
        local = names.get(index[0])
        if name and (local, protocol, name) not in known:
            port = view.text((*_FDP, _FDP_PORT, *index))
            platform = view.text((*_FDP, _FDP_PLATFORM, *index))
            found.append(Neighbour(local, protocol, name, port, address, platform))
    return tuple(found)


PROFILE = Profile(
    family="ironware",
    vendor="Ruckus",
    recognise=recogniser(Sign(words="IronWare")),
    model=(
        chassis("model"),
        # "Ruckus Wireless, Inc. Stacking System ICX7150-48-POE, IronWare Version 08.0.80c…"
        described(rf"^{_MAKER}(?:Stacking System )?([^,]+), IronWare Version"),
        chassis("description"),
        described(r"^(.+?), (?:.*, )?IronWare Version"),
    ),
    serial=(instance(_SERIAL), chassis("serial")),
    firmware=(
        instance(_IMAGE),
        described(r"IronWare Version V?(\S+) Compiled"),
        described(r"IronWare Version V?(\S+)"),
    ),
    figures=(
        health.Figure("cpu_percent", _CPU_100TH, scale=0.01),
        health.Figure("cpu_percent", _CPU_PERCENT),
        health.MemoryShare(total=_DRAM_TOTAL, free=_DRAM_FREE),
        health.memory(_MEMORY),
        health.temperature(_TEMP2, scale=0.5, labels=_TEMP2_DESCR),
        health.temperature(_TEMP, scale=0.5, labels=_TEMP_DESCR),
    ),
    columns=(
        _UNIT_SERIAL,
        _UNIT_PART,
        _UNIT_IMAGE,
        _POE_CAPACITY[:-1],
        _POE_CONTROL,
        _POE_CONSUMED,
        *((*_FDP, column) for column in (_FDP_DEVICE, _FDP_PORT, _FDP_PLATFORM, _FDP_VENDOR)),
    ),
    refine=_refine,
)
READING = reading(PROFILE)
