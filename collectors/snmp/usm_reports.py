"""What an agent's reports say of us, as errors that a person understands."""

from collectors.snmp.message import Response
from collectors.target import SnmpV3
from inventory.errors import DeviceError, Garbled, Refused
from inventory.vendors.mib import Oid, dotted

_USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)  # SNMP-USER-BASED-SM-MIB usmStats, RFC 3414 clause 5
UNSUPPORTED_SEC_LEVELS: Oid = (*_USM_STATS, 1, 0)
NOT_IN_TIME_WINDOWS: Oid = (*_USM_STATS, 2, 0)
UNKNOWN_USER_NAMES: Oid = (*_USM_STATS, 3, 0)
UNKNOWN_ENGINE_IDS: Oid = (*_USM_STATS, 4, 0)
WRONG_DIGESTS: Oid = (*_USM_STATS, 5, 0)
DECRYPTION_ERRORS: Oid = (*_USM_STATS, 6, 0)
UNAVAILABLE_CONTEXTS: Oid = (1, 3, 6, 1, 6, 3, 12, 1, 4, 0)  # SNMP-TARGET-MIB, RFC 3413
UNKNOWN_CONTEXTS: Oid = (1, 3, 6, 1, 6, 3, 12, 1, 5, 0)

_REFUSED = {
    UNSUPPORTED_SEC_LEVELS: (
        "does not grant the user {user} this security level",
        "check the protocols that the agent gives the user",
    ),
    UNKNOWN_USER_NAMES: ("does not know the SNMPv3 user {user}", "check the user's name"),
    WRONG_DIGESTS: (
        "refuses our authentication as {user}",
        "check the authentication protocol and passphrase",
    ),
    DECRYPTION_ERRORS: (
        "cannot decrypt what we send as {user}",
        "check the privacy protocol and passphrase",
    ),
    UNAVAILABLE_CONTEXTS: ("does not have the context that was asked", "check the context"),
    UNKNOWN_CONTEXTS: ("does not know the context that was asked", "check the context"),
}
_GARBLED = {
    NOT_IN_TIME_WINDOWS: "the agent does not accept the time that it told itself",
    UNKNOWN_ENGINE_IDS: "the agent does not know the engine id that it told itself",
}


def counter_of(report: Response) -> Oid:
    """Return the counter that a report names; an empty one when it names none."""
    return report.varbinds[0][0] if report.varbinds else ()


def report_error(counter: Oid, user: SnmpV3, *, where: str) -> DeviceError:
    """Return the error for a report: Refused when the user is not accepted, else Garbled."""
    if counter in _REFUSED:
        what, todo = _REFUSED[counter]
        return Refused(f"the agent {what.format(user=user.user)}", where=where, todo=todo)
    unknown = f"the agent reports {dotted(counter) or 'nothing that is known'}"
    return Garbled(_GARBLED.get(counter, unknown), where=where)
