"""What must hold of reconciliation whatever a device says."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Device
from inventory.observation import Identity, Interface, Neighbour, Observation, Radio
from inventory.reconcile import (
    device_changes,
    interfaces_told,
    links_told,
    marks,
    radios_told,
    same_device,
    was_rebooted,
)

words = st.one_of(st.none(), st.text(max_size=12))
macs = st.one_of(
    st.none(), st.text(alphabet="0123456789abcdef", min_size=12, max_size=12), st.just("0" * 12)
)
ports = st.builds(
    Interface,
    index=st.integers(1, 9),
    name=words,
    description=words,
    type=st.one_of(st.none(), st.integers(1, 300)),
    mac=macs,
)
observations = st.builds(
    Observation,
    identity=st.builds(
        Identity,
        family=st.sampled_from(["generic", "openwrt", "arubaos_cx"]),
        vendor=words,
        model=words,
        serial=words,
        firmware=words,
        sysname=words,
    ),
    interfaces=st.lists(ports, max_size=6).map(tuple),
    radios=st.lists(st.builds(Radio, index=st.integers(0, 3)), max_size=3).map(tuple),
    neighbours=st.lists(
        st.builds(
            Neighbour,
            local_interface=words,
            protocol=st.sampled_from(["lldp", "cdp"]),
            system_name=words,
            port_id=words,
            chassis_id=words,
        ),
        max_size=4,
    ).map(tuple),
)


@given(observations)
def test_a_device_is_itself_when_it_says_the_same_again(observation: Observation) -> None:
    device = Device(name="d")
    changes, _ = device_changes(device, observation, "switch")
    for column, value in changes.items():
        setattr(device, column, value)
    assert device_changes(device, observation, "switch") == ({}, [])
    assert same_device(marks(observation), device.serial, device.base_mac) is not False


@given(observations, observations)
def test_nothing_known_of_a_device_is_erased(before: Observation, after: Observation) -> None:
    device = Device(name="d")
    for observation in (before, after):
        known = {name for name, value in device.model_dump().items() if value is not None}
        changes, _ = device_changes(device, observation, None)
        assert all(changes[name] is not None for name in known & set(changes))
        for column, value in changes.items():
            setattr(device, column, value)


@given(observations)
def test_every_port_radio_and_link_has_a_key_of_its_own(observation: Observation) -> None:
    assert len(interfaces_told(observation)) >= len({p.index for p in observation.interfaces})
    assert set(radios_told(observation)) == {radio.index for radio in observation.radios}
    for key, columns in links_told(observation, lambda _: None).items():
        assert key[2]
        assert columns["remote_chassis_id"] or columns["remote_system_name"]


@given(
    st.floats(0, 4e7),
    st.floats(0, 1e6),
)
def test_a_device_that_stayed_up_is_never_called_restarted(
    uptime_s: float, elapsed_s: float
) -> None:
    before = datetime(2026, 1, 1, tzinfo=UTC)
    now = before + timedelta(seconds=elapsed_s)
    assert was_rebooted(uptime_s, before, uptime_s + elapsed_s, now) is False
