"""The lab's console: power, faults and their end, asked of a district that runs.

A line of text over TCP on loopback, `power lac/sw1 off`; one line comes back, `ok` or what is wrong
with it. The port stands in `district.json`.
"""

import asyncio
import json
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from inventory.errors import InvalidInput, NotFound, PreauError
from lab.device import Device

HOST = "127.0.0.1"
TIMEOUT_S = 20.0
DONE = "ok"
ORDERS = ("power DEVICE on|off", "fault DEVICE FAULT", "clear DEVICE")


def obey(devices: Mapping[str, Device], words: Sequence[str]) -> None:
    """Do what one order says, on the loop of the devices.

    Raises InvalidInput for an order, a device or a fault that there is not.
    """
    match words:
        case ["power", name, "on" | "off" as state]:
            _device(devices, name).power(on=state == "on")
        case ["fault", name, fault]:
            device = _device(devices, name)
            device.faults.add(fault)
            device.changed()
        case ["clear", name]:
            device = _device(devices, name)
            device.faults.clear()
            device.changed()
        case _:
            raise InvalidInput(
                f"{' '.join(words) or 'nothing'} is no order", todo=f"use {', '.join(ORDERS)}"
            )


def _device(devices: Mapping[str, Device], name: str) -> Device:
    if name not in devices:
        raise InvalidInput(
            f"no device of the lab is called {name}", todo=f"one is {next(iter(devices), '')}"
        )
    return devices[name]


async def listen(devices: Mapping[str, Device]) -> tuple[asyncio.Server, int]:
    """Serve the console on a port that is drawn; returns the server and the port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            words = (await reader.readline()).decode(errors="replace").strip().split(maxsplit=2)
            obey(devices, words)
            told = DONE
        except PreauError as error:
            told = str(error)
        except (ConnectionError, ValueError) as error:
            told = f"the order cannot be read: {error}"
        writer.write(f"{told}\n".encode())
        writer.close()

    server = await asyncio.start_server(answer, HOST, 0)
    return server, int(server.sockets[0].getsockname()[1])


def order(folder: Path, *words: str) -> None:
    """Give one order to the district that runs in `folder`.

    Raises NotFound when none runs there, InvalidInput with the lab's words when it is refused.
    """
    try:
        port = json.loads((folder / "district.json").read_text(encoding="utf-8"))["console"]
        with socket.create_connection((HOST, port), timeout=TIMEOUT_S) as console:
            console.sendall(f"{' '.join(words)}\n".encode())
            told = console.makefile(encoding="utf-8").readline().strip()
    except (OSError, ValueError, KeyError) as error:
        raise NotFound(
            f"no lab answers that is described in {folder}",
            todo="start make demo, or python -m lab serve --manifest",
        ) from error
    if told != DONE:
        raise InvalidInput(told)
