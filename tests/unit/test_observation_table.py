"""What `preau observe` prints for a person."""

import pytest

from api.cli.observation_table import show
from inventory.observation import Identity, Interface, Observation


@pytest.mark.parametrize("count", [3, 2000])
def test_every_interface_of_a_device_is_printed(
    count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ports = tuple(Interface(index=i, name=f"Gi{i}/[0]") for i in range(count))
    show(Observation(Identity("generic", sysname="sw\x1b[31m"), interfaces=ports))
    printed = capsys.readouterr().out
    assert all(f"Gi{i}/[0]" in printed for i in range(count))
    assert "\x1b[31m" not in printed
