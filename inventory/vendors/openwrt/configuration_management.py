"""What an OpenWrt device itself is told of time, logs, SNMPv3 and what must not answer.

Sources: OpenWrt user guide, "System configuration" (`timeserver`: server, enabled; `system`:
log_ip, log_remote, of which logd takes one) and "uHTTPd" (listen_http); packages feed,
net/net-snmp, snmpd.init (sections `v3`, `snmpd general` with snmp_version). Nobody but root logs
in to OpenWrt, and it has had no telnet server since 18.06.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from inventory.intent import DeviceIntent
from inventory.vendors.openwrt.configuration_uci import section_name
from inventory.vendors.records import Record

HTTP_LISTEN = ("0.0.0.0:80", "[::]:80")


def management_values(
    intent: DeviceIntent, records: Sequence[Record], notes: list[str]
) -> Mapping[str, Any]:
    """Return the template's values about management, and add to the notes."""
    wanted = intent.management
    packages = {record.package for record in records}
    _note_what_it_has_not(intent, notes)
    values: dict[str, Any] = {
        "ntp_servers": wanted.ntp_servers,
        "syslog": _syslog(wanted.syslog_servers, notes),
        "snmp_users": [],
        "snmp_facts": {},
        "listen_http": None,
    }
    if "snmpd" in packages:
        values["snmp_users"] = [
            {"section": section_name("preau", "v3", user.name), "user": user}
            for user in wanted.snmp_users or ()
        ]
        values["snmp_facts"] = _snmp_facts(intent, records, notes)
    elif wanted.snmp_users or wanted.contact or wanted.location:
        notes.append("SNMP : le paquet snmpd n’est pas installé ; rien n’en est configuré")
    if wanted.http is not None and "uhttpd" in packages:
        values["listen_http"] = HTTP_LISTEN if wanted.http else ()
    elif wanted.http:
        notes.append("HTTP : le paquet uhttpd n’est pas installé ; rien n’en est configuré")
    return values


def _note_what_it_has_not(intent: DeviceIntent, notes: list[str]) -> None:
    wanted = intent.management
    if wanted.accounts:
        names = ", ".join(account.name for account in wanted.accounts)
        notes.append(f"comptes {names} : OpenWrt n’a que « root » ; ils ne sont pas configurés")
    if wanted.telnet is not None:
        state = "demandé ne peut être ouvert" if wanted.telnet else "est fermé d’office"
        notes.append(f"telnet {state} : OpenWrt n’a plus ce serveur depuis la version 18.06")
    if intent.ports:
        names = ", ".join(port.name for port in intent.ports)
        notes.append(f"ports {names} : une borne OpenWrt n’en a pas à configurer")


def _syslog(servers: Sequence[str] | None, notes: list[str]) -> Mapping[str, str] | None:
    if servers is None:
        return None
    if not servers:
        return {"log_remote": "0"}
    if len(servers) > 1:
        notes.append(
            f"journaux : OpenWrt n’en envoie qu’à un serveur ; seul {servers[0]} est configuré"
        )
    return {"log_ip": servers[0], "log_remote": "1"}


def _snmp_facts(
    intent: DeviceIntent, records: Sequence[Record], notes: list[str]
) -> Mapping[str, str]:
    wanted = intent.management
    told = {"sysContact": wanted.contact, "sysLocation": wanted.location}
    facts = {option: value for option, value in told.items() if value is not None}
    there = any(each.package == "snmpd" and each.kind == "system" for each in records)
    if facts and not there:
        notes.append("SNMP : sans section « system » dans snmpd, contact et lieu sont laissés")
        return {}
    return facts
