"""`python -m lab serve`: run the false district until SIGTERM or Ctrl-C.

While it runs, `python -m lab power lac/sw1 off` pulls a plug, and `fault` and `clear` spoil a
device and mend it.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from inventory.errors import PreauError
from lab import console
from lab.district import SCHOOLS, make_district, manifest
from lab.faults import KINDS
from lab.register import write_register
from lab.running import Servers

PROBLEM = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0, or 2 with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except PreauError as error:
        print(f"lab: {error}", file=sys.stderr)
        return PROBLEM
    except OSError as error:
        print(f"lab: {options.manifest}: {error.strerror}", file=sys.stderr)
        return PROBLEM
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser("serve", help="run the false district")
    serve.set_defaults(run=_run_district)
    serve.add_argument("--port-offset", type=int, default=0, help="added to every port")
    serve.add_argument(
        "--manifest",
        type=Path,
        default=Path("var/lab"),
        metavar="DIR",
        help="where district.json, register.json, register.csv and host keys go",
    )
    serve.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="DEVICE=FAULT",
        help=f"as lac/ap3=silent; faults: {', '.join(KINDS)}",
    )
    serve.add_argument(
        "--traps", action="store_true", help="devices send traps, as traps_listen in district.json"
    )
    for word, (second, help_text) in _ORDERS.items():
        parsed = commands.add_parser(word, help=help_text)
        parsed.set_defaults(run=_give_order, order=word)
        parsed.add_argument("device", metavar="DEVICE", help="as lac/sw1")
        if second:
            parsed.add_argument("words", nargs=1, metavar=second)
        parsed.add_argument(
            "--manifest", type=Path, default=DEMO, metavar="DIR", help="where district.json is"
        )
    return parser


DEMO = Path("var/demo/lab")
_ORDERS = {
    "power": ("on|off", "give a device of a running district its power, or take it"),
    "fault": ("FAULT", f"spoil a device of a running district: {', '.join(KINDS)}"),
    "clear": ("", "end the faults of a device of a running district"),
}


def _run_district(options: argparse.Namespace) -> None:
    options.manifest.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(options))


def _give_order(options: argparse.Namespace) -> None:
    words = getattr(options, "words", [])
    console.order(options.manifest, options.order, options.device, *words)
    print(f"{options.device}: {options.order} {' '.join(words)}".rstrip())


async def _serve(options: argparse.Namespace) -> None:
    port_offset, folder = options.port_offset, options.manifest
    devices = make_district(port_offset=port_offset, faults=options.fault, traps=options.traps)
    servers = Servers()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await servers.start(list(devices.values()), folder / "keys")
    listening, port = await console.listen(devices)
    try:
        write_register(folder)
        told = {**manifest(devices, port_offset=port_offset), "console": port}
        described = json.dumps(told, ensure_ascii=False, indent=1)
        _publish(folder, described)
        gc.freeze()
        print(
            f"The lab answers: {len(devices)} devices in {len(SCHOOLS)} schools, "
            f"described in {folder / 'district.json'}",
            flush=True,
        )
        await stop.wait()
    finally:
        _withdraw(folder)
        listening.close()
        await servers.close()


def _publish(folder: Path, described: str) -> None:
    """Write the manifest last and at once: who waits for it finds a district that answers."""
    draft = folder / "district.json.new"
    draft.write_text(described, encoding="utf-8")
    draft.replace(folder / "district.json")


def _withdraw(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / "district.json").unlink()


if __name__ == "__main__":
    sys.exit(main())
