"""The traps process of `preau serve`: it receives, and nothing else competes with it.

A storm must not slow the jobs down, nor a job's work keep datagrams waiting in the kernel, which
has room for some hundred of them: in Python two busy threads of one process would do just that.
"""

import signal
import socket
import sys
from collections.abc import Sequence
from types import FrameType

from api.usecases.trap_listener import TrapListening
from inventory.database import Database
from inventory.secrets import Vault
from inventory.settings import Settings

# How long the writing thread may keep the receiving one waiting; Python's own is ten times that.
_SWITCH_S = 0.0005


def run_traps(
    settings: Settings, database: Database, vault: Vault, sockets: Sequence[socket.socket]
) -> None:
    """Listen on the sockets of `traps_listen` until SIGTERM or SIGINT; raises Misconfigured."""
    listening = TrapListening(settings, database, vault, sockets)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        listening.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    sys.setswitchinterval(_SWITCH_S)
    listening.run()
