"""What tests of the lab's real parts ask of this machine."""

from lab.real.namespaces import no_namespaces
from lab.real.places import missing
from tests.conftest import skip_or_fail


def need(*programs: str, namespaces: bool = True) -> None:
    """Skip aloud, or fail in CI, where a program or network namespaces are missing."""
    if namespaces and (why := no_namespaces()):
        skip_or_fail(why)
    if absent := missing(*programs):
        skip_or_fail(f"{absent}: run make lab-deps")
