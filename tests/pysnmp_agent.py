"""pysnmp's SNMPv3 agent as a process: `python -m tests.pysnmp_agent ADDRESS PORT ENGINE_ID`.

It knows a user for every protocol pair, named `AUTH-PRIV`; prints a line once it listens, and runs
until it is ended. It is the oracle of what net-snmp does not have: Reeder's longer AES keys.
"""

import asyncio
import sys

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.proto.api import v2c

# Values that no text holds by chance.
AUTH_PASSPHRASE, PRIV_PASSPHRASE = "v3Auth7c41b09e52d8", "v3Priv0fa96e3d714b"
AUTHS = {
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
PRIVS = {
    "des": config.USM_PRIV_CBC56_DES,
    "aes128": config.USM_PRIV_CFB128_AES,
    "aes192": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "aes192-reeder": config.USM_PRIV_CFB192_AES,
    "aes256-reeder": config.USM_PRIV_CFB256_AES,
}


async def serve(address: str, port: int, engine_id: str) -> None:
    """Answer the system group until the process is ended."""
    engine = SnmpEngine(v2c.OctetString(hexValue=engine_id))
    transport = udp.UdpTransport().open_server_mode((address, port))
    config.add_transport(engine, udp.DOMAIN_NAME, transport)
    for auth, auth_id in AUTHS.items():
        for priv, priv_id in PRIVS.items():
            name = f"{auth}-{priv}"
            config.add_v3_user(engine, name, auth_id, AUTH_PASSPHRASE, priv_id, PRIV_PASSPHRASE)
            config.add_vacm_user(engine, 3, name, "authPriv", (1, 3, 6), (1, 3, 6))
    served = context.SnmpContext(engine)
    for responder in (cmdrsp.GetCommandResponder, cmdrsp.NextCommandResponder):
        responder(engine, served)
    cmdrsp.BulkCommandResponder(engine, served)
    engine.transport_dispatcher.job_started(1)
    await asyncio.sleep(0.1)  # its socket opens in a task of its own
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
