"""Whether the switches of a site carry what its access points need.

A WLAN on a VLAN that its switch port does not carry is heard and leads nowhere: clients associate
and get no address. That is refused before anything is rendered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inventory.errors import InvalidInput
from inventory.intent.layers import DeviceIntent
from inventory.intent.switching import Port, PortMode


@dataclass(frozen=True, slots=True)
class Uplink:
    """A planned switch port that an access point hangs on, or may hang on."""

    switch: str
    port: Port


def refuse_uncarried(
    intent: DeviceIntent, own: Uplink | None, others: Sequence[Uplink] = ()
) -> None:
    """Raise InvalidInput for a WLAN of this access point whose VLAN no port carries to it.

    `own` is the planned port that it is known to hang on. Where that is not known, one trunk among
    the `others` of its site must carry each VLAN; where no trunk is planned there is nothing to
    judge by: the switches are somebody else's.
    """
    for vlan, wlan in _needed(intent):
        if own is not None:
            if vlan not in _carried(own.port):
                raise InvalidInput(
                    f"the WLAN {wlan} uses VLAN {vlan}, which port {own.port.name} of "
                    f"{own.switch}, where the access point hangs, does not carry",
                    todo="add the VLAN to the port's tagged VLANs or change the WLAN",
                )
            continue
        trunks = [each for each in others if each.port.mode is PortMode.TRUNK]
        if trunks and not any(vlan in _carried(each.port) for each in trunks):
            switches = ", ".join(dict.fromkeys(each.switch for each in trunks))
            raise InvalidInput(
                f"the WLAN {wlan} uses VLAN {vlan}, which no planned trunk of {switches} carries",
                todo="add the VLAN to a trunk's tagged VLANs or change the WLAN",
            )


def _needed(intent: DeviceIntent) -> Iterable[tuple[int, str]]:
    for wlan in intent.wlans:
        yield wlan.vlan_id, wlan.name
        for key in wlan.private_keys:
            if key.vlan_id is not None:
                yield key.vlan_id, wlan.name


def _carried(port: Port) -> set[int]:
    if not port.enabled:
        return set()
    return {port.native_vlan, *port.tagged_vlans}
