"""pysnmp's own sender, in a process of its own: one SNMPv3 inform (coldStart), then one trap."""

import asyncio
import sys

from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    NotificationType,
    ObjectIdentity,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    send_notification,
    usmAesCfb128Protocol,
    usmHMACSHAAuthProtocol,
)

from tests.traps import AUTH_PASSPHRASE, COLD_START, PRIV_PASSPHRASE, USER

WARM_START = "1.3.6.1.6.3.1.1.5.2"


async def main(port: int) -> None:
    """Send both; say whether the inform was acknowledged."""
    engine = SnmpEngine()
    user = UsmUserData(
        USER,
        AUTH_PASSPHRASE,
        PRIV_PASSPHRASE,
        authProtocol=usmHMACSHAAuthProtocol,
        privProtocol=usmAesCfb128Protocol,
    )
    for kind, notification in (("inform", COLD_START), ("trap", WARM_START)):
        target = await UdpTransportTarget.create(("127.0.0.1", port), timeout=5, retries=3)
        error, status, _, _ = await send_notification(
            engine,
            user,
            target,
            ContextData(),
            kind,
            NotificationType(ObjectIdentity(notification)),
        )
        if error or status:
            print(f"{kind}: {error or status}")
            return
    print("acknowledged")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
