"""The secrets that an intent names, each with what it is for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from inventory.intent.management import Management
from inventory.intent.wireless import Wlan


class SecretUse(StrEnum):
    """What a secret is for, which decides what it may hold."""

    WPA = "passphrase"
    RADIUS = "RADIUS secret"
    SNMP = "SNMPv3 passphrase"
    LOGIN = "password"


@dataclass(frozen=True, slots=True)
class NamedSecret:
    """A secret by its name; `owner` says what names it, as `the WLAN eleves`."""

    name: str
    use: SecretUse
    owner: str


def named_secrets(wlans: Iterable[Wlan], management: Management) -> Iterator[NamedSecret]:
    """Yield every secret that these WLANs and this management name."""
    for wlan in wlans:
        owner = f"the WLAN {wlan.name}"
        if wlan.security.personal and wlan.passphrase_secret:
            yield NamedSecret(wlan.passphrase_secret, SecretUse.WPA, owner)
        for key in wlan.private_keys:
            yield NamedSecret(key.passphrase_secret, SecretUse.WPA, owner)
        if wlan.security.enterprise:
            for server in wlan.radius_servers:
                yield NamedSecret(server.secret_name, SecretUse.RADIUS, owner)
    for user in management.snmp_users or ():
        owner = f"the SNMP user {user.name}"
        yield NamedSecret(user.auth_secret, SecretUse.SNMP, owner)
        yield NamedSecret(user.priv_secret, SecretUse.SNMP, owner)
    for account in management.accounts or ():
        yield NamedSecret(account.password_secret, SecretUse.LOGIN, f"account {account.name}")
