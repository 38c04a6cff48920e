"""Where the configurations of indented CLIs hold secrets, and what a hashed one is taken for."""

import pytest

from deploy.displayed import KeptForm, form_digest, known_forms
from deploy.plan import plan_change
from inventory.errors import InvalidInput
from inventory.intent import IntentLayer, resolve
from inventory.vendors.family import family

LINES = {
    "aruba_instant": (
        "virtual-controller-key topsecret",
        "hash-mgmt-user anne password hash topsecret",
        "hash-mgmt-user anne password hash topsecret usertype read-only",
        "mgmt-user anne topsecret",
        "snmp-server community topsecret",
        "snmp-server host 10.0.0.5 version 2c name topsecret",
        "snmp-server user lit SHA topsecret AES topsecret",
        "snmp-server user lit MD5 topsecret DES topsecret",
        'wlan ssid-profile a\n wpa-passphrase "topsecret deux mots"',
        "wlan ssid-profile a\n wpa-passphrase topsecret",
        "wlan auth-server r1\n key topsecret",
        "wlan mpsk-local a\n mpsk-local-passphrase classe-1 topsecret role",
        "wlan tacacs-server t\n key topsecret",
        "mgmt-user anne topsecret read-only",
        "mesh-cluster-key topsecret",
    ),
    "iosxe": (
        "wlan a 17 Eleves\n security wpa psk set-key ascii 8 topsecret",
        "wlan a 17 Eleves\n security wpa psk set-key ascii 0 topsecret",
        "radius server r1\n key 7 topsecret",
        "radius server r1\n key topsecret",
        "ap profile a\n mgmtuser username a password 8 topsecret secret 8 topsecret",
        "wlan a 17 E\n security wpa psk set-key hex 8 topsecret",
        "username anne privilege 15 secret 9 $9$topsecret$topsecret",
    ),
    "ios": (
        "username anne privilege 15 secret 9 $9$topsecret$topsecret",
        "username paul password 7 topsecret",
        "enable secret 5 $1$topsecret",
        "enable password topsecret",
        "snmp-server community topsecret RO",
        "snmp-server host 10.0.0.5 version 2c topsecret",
        "snmp-server host 10.0.0.5 topsecret",
        "snmp-server user lit groupe v3 auth sha topsecret priv aes 128 topsecret",
        "tacacs-server key 7 topsecret",
        "radius-server host 10.0.0.6 auth-port 1812 key topsecret",
        "radius server r1\n key 7 topsecret",
        "ntp authentication-key 1 md5 topsecret 7",
        "line vty 0 4\n password 7 topsecret",
        "crypto isakmp key topsecret address 10.0.0.7",
    ),
    "procurve": (
        'password manager user-name "anne" sha1 "topsecret"',
        "password operator plaintext topsecret",
        'snmp-server community "topsecret" unrestricted',
        'snmp-server host 10.0.0.5 community "topsecret"',
        'snmpv3 user "lit" auth sha "topsecret" priv aes "topsecret"',
        'snmpv3 user "lit" auth md5 "topsecret" priv "topsecret"',
        'radius-server host 10.0.0.6 key "topsecret"',
        "tacacs-server host 10.0.0.6 key topsecret",
        'radius-server host 10.0.0.6 encrypted-key "topsecret"',
    ),
    "arubaos_cx": (
        "user anne group administrators password ciphertext topsecret",
        "snmpv3 user lit auth sha auth-pass ciphertext topsecret priv aes priv-pass ciphertext top",
    ),
}
LOCAL = {
    "aruba_instant": ("hash-mgmt-user anne password ", "hash 0a0b", "cleartext clair"),
    "iosxe": ("username anne privilege 15 secret ", "9 $9$x$y", "0 clair"),
    "ios": ("username anne privilege 15 secret ", "9 $9$x$y", "0 clair"),
    "procurve": ('password manager user-name "anne" ', 'sha1 "0a0b"', 'plaintext "clair"'),
    "arubaos_cx": (
        "user anne group administrators password ",
        "ciphertext AQBa=",
        "plaintext clair",
    ),
}


@pytest.mark.parametrize(("family_id", "line"), [(f, x) for f in LINES for x in LINES[f]])
def test_no_secret_is_shown_and_each_is_put_back(family_id: str, line: str) -> None:
    configuration = family(family_id).configuration
    assert configuration is not None
    running = f"hostname a\n{line}\n"
    scrubbed = configuration.grammar.scrub(running, {})
    assert "top" not in scrubbed
    assert "‹secret›" in scrubbed
    assert configuration.grammar.unscrub(scrubbed, running, {}) == running


@pytest.mark.parametrize("family_id", sorted(LOCAL))
def test_what_is_typed_differs_from_what_is_shown_and_a_rollback_types_the_old_form(
    family_id: str,
) -> None:
    configuration = family(family_id).configuration
    assert configuration is not None
    grammar = configuration.grammar
    start, form, sent = LOCAL[family_id]
    shown, wanted = f"{start}{form}\n", f"{start}‹secret:mot›\n"
    assert grammar.unscrub(wanted, shown, {"mot": "clair"}) == f"{start}{sent}\n"
    (displayed,) = grammar.displayed(wanted, shown)
    assert displayed.displayed == form
    typed = grammar.unscrub(wanted, "", {"mot": "clair"})
    assert grammar.as_shown(wanted, typed, shown) == shown
    assert grammar.unscrub(wanted, shown, {"mot": "clair"}, {form: "mot"}) == shown


def test_a_form_counts_for_its_secret_only_while_neither_changed() -> None:
    configuration = family("ios").configuration
    assert configuration is not None
    grammar = configuration.grammar
    shown = "username anne privilege 15 secret 9 $9$x$y\n"
    (path,) = grammar.hashed_forms(shown)
    kept = {path: KeptForm("mot", form_digest(str, "9 $9$x$y", "clair"))}

    def known(text: str, value: str) -> dict[str, str]:
        return known_forms(grammar, text, kept, {"mot": value}, str)

    assert known(shown, "clair") == {"9 $9$x$y": "mot"}
    assert known(shown, "autre") == {}
    assert known(shown.replace("$x$", "$z$"), "clair") == {}
    assert known_forms(grammar, shown, kept, {}, str) == {}


@pytest.mark.parametrize("value", ["deux mots", "quoi?", 'gui"llemet', "é" * 8, "a" * 65])
@pytest.mark.parametrize("family_id", sorted(LOCAL))
def test_a_password_that_no_command_line_takes_is_refused_by_name(
    family_id: str, value: str
) -> None:
    configuration = family(family_id).configuration
    assert configuration is not None
    account = {"name": "anne", "password_secret": "mot"}
    intent = resolve([("t", IntentLayer.model_validate({"management": {"accounts": [account]}}))])
    running = {
        "procurve": "include-credentials\n",
        "aruba_instant": "hash-mgmt-user anne password hash 0a0b\n",
    }.get(family_id, "hostname a\n")
    with pytest.raises(InvalidInput, match="mot") as refused:
        plan_change(configuration, intent, running, {"mot": value})
    assert value not in str(refused.value)
