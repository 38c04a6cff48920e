"""Reads D-Link access points: each model's own MIB module, below its sysObjectID."""

from dataclasses import replace

from inventory.observation import Metric, Observation
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.reading import SYS_OBJECT_ID
from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading

_ACCESS_POINTS = oid("1.3.6.1.4.1.171.10.37")  # D-Link's wireless products
_SYSTEM = (5, 1)  # …SystemInfo, below the product: 1 firmware, 3 CPU, 5 hardware version
_FIRMWARE, _CPU = 1, 3


def _scalar(view: MibView, number: int) -> Oid:
    product = view.get(SYS_OBJECT_ID)
    return (*(product if isinstance(product, tuple) else ()), *_SYSTEM, number, 0)


def _refine(view: MibView, read: Observation) -> Observation:
    source = _scalar(view, _CPU)
    load = view.integer(source)
    if load is None:
        return read
    cpu = Metric("cpu_percent", None, float(load), "%", dotted(source))
    return replace(read, metrics=(*read.metrics, cpu))


READING = reading(
    Profile(
        family="dlinkap",
        vendor="D-Link",
        recognise=words.recogniser(
            words.Sign(words=r"D-Link (DAP-|DWL-|Access Point|.* AP\b)", sureness=85),
            words.Sign(("1.3.6.1.4.1.171.10.37",)),  # D-Link's wireless products
        ),
        model=(words.described(r"\b((?:DAP|DWL)-\w+)"), words.described(r"(?:D-Link )?(.+)")),
        serial=(words.chassis("serial"),),
        firmware=(words.Word(lambda view: view.text(_scalar(view, _FIRMWARE))),),
        columns=(_ACCESS_POINTS,),
        refine=_refine,
    )
)
