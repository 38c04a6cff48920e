"""The process that opens a capture file: frames out as JSON lines, nothing decoded.

The only module here that imports scapy, which is slow to import and under another licence; it runs
by itself, as `python -m site_surveys.captures.deliver FILE`. A line is `[link type, seconds, hex]`;
the last one is `{"end": frames}` or `{"error": sentence}`.
"""

import json
import sys
from typing import Any, TextIO

from scapy.error import Scapy_Exception
from scapy.utils import RawPcapReader


def deliver(path: str, out: TextIO) -> None:
    """Write the frames of a pcap or pcapng file to `out`, each on its line."""
    count = 0
    try:
        with RawPcapReader(path) as reader:
            for frame, about in reader:
                link_type = getattr(about, "linktype", None)
                if link_type is None:  # pcap: one for the whole file
                    link_type = reader.linktype
                out.write(json.dumps([link_type, _seconds(reader, about), frame.hex()]) + "\n")
                count += 1
    except Scapy_Exception as error:
        out.write(json.dumps({"error": str(error)}) + "\n")
        return
    out.write(json.dumps({"end": count}) + "\n")


def _seconds(reader: Any, about: Any) -> float | None:
    """Return when a frame was heard, in seconds since 1970; None: the file does not say."""
    if hasattr(about, "sec"):
        return float(about.sec + about.usec / (1e9 if reader.nano else 1e6))
    if about.tshigh is None or about.tslow is None or not about.tsresol:
        return None
    return float(((about.tshigh << 32) | about.tslow) / about.tsresol)


if __name__ == "__main__":
    deliver(sys.argv[1], sys.stdout)
