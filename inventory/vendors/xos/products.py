"""EXTREME-BASE-MIB: products by sysObjectID, for the releases whose sysDescr names none."""

from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import SYS_OBJECT_ID

_PRODUCTS = oid("1.3.6.1.4.1.1916.2")


def name(view: MibView) -> str | None:
    """Return the product's name; None for one that is not listed."""
    answered = view.get(SYS_OBJECT_ID)
    if not isinstance(answered, tuple) or answered[:-1] != _PRODUCTS:
        return None
    return _NAMES.get(answered[-1])


# The chassis and the Summits of EXOS 11 to 15.
_NAMES: dict[int, str] = {
    62: "BlackDiamond 8810", 65: "Summit X450-24x", 66: "Summit X450-24t", 67: "SummitStack",
    71: "Summit X450a-24t", 72: "Summit X450e-24p", 74: "BlackDiamond 8806", 76: "Summit X450a-48t",
    77: "BlackDiamond 12804", 79: "Summit X450e-48p", 80: "Summit X450a-24tDC",
    82: "Summit X450a-24xDC", 84: "Summit X450a-24x", 85: "BlackDiamond 12802",
    87: "Summit X450a-48tDC", 88: "Summit X250-24t", 89: "Summit X250-24p", 90: "Summit X250-24x",
    91: "Summit X250-48t", 92: "Summit X250-48p", 93: "SummitVer2Stack", 100: "Summit X150-24t",
    102: "Summit X150-24p", 103: "Summit X150-24x", 105: "Summit X150-48t", 107: "Summit X150-48p",
    111: "Summit X350-24t", 112: "Summit X350-48t", 113: "Summit X650-24t", 114: "Summit X650-24x",
    128: "BlackDiamond 20808", 132: "BlackDiamond 20804", 133: "Summit X480-48t",
    137: "Summit X480-24x", 141: "Summit X480-48x", 150: "Summit X450e-24t",
    151: "Summit X450e-48t", 152: "Summit X460-24t", 153: "Summit X460-24p", 154: "Summit X460-24x",
    155: "Summit X460-48t", 156: "Summit X460-48p", 157: "Summit X460-48x", 167: "Summit X670-48x",
    168: "Summit X670v-48x", 170: "BlackDiamond X8", 172: "Summit X440-8t", 173: "Summit X440-8p",
    174: "Summit X440-24t", 175: "Summit X440-24p", 176: "Summit X440-48t",
}  # fmt: skip
