"""The SNMPv3 codec: pysnmp reads what we write; what nobody wrote is malformed, never believed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder
from pysnmp.proto.mpmod import rfc3412
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from collectors.snmp import ber, message, usm_privacy
from collectors.snmp.ber import Malformed
from collectors.snmp.usm_keys import KEY_OCTETS
from collectors.snmp.usm_message import (
    AUTHENTICATED,
    DIGEST_OCTETS,
    Security,
    encode_message,
    encode_scoped_pdu,
    is_authentic,
    read_encrypted,
    read_message,
    read_scoped_pdu,
    signed,
)
from inventory.usm import AuthProtocol, PrivProtocol

UNSIGNED_31 = st.integers(0, 2**31 - 1)
SECURITIES = st.builds(
    Security,
    engine_id=st.binary(max_size=32),
    boots=UNSIGNED_31,
    time_s=UNSIGNED_31,
    user=st.binary(max_size=32),
)
KEY = b"a key of the user"
# A response without variable bindings: request id 7, no error.
RESPONSE = message.encode_pdu(message.RESPONSE, 7, ())
BODY = encode_scoped_pdu(b"engine", b"", RESPONSE)


def _signed(auth: AuthProtocol, security: Security, body: bytes = BODY) -> bytes:
    data, at = encode_message(
        9, AUTHENTICATED, security, body, digest_octets=DIGEST_OCTETS[auth], salt=b"salt of 8"
    )
    return signed(data, at, auth, KEY)


@given(msg_id=UNSIGNED_31, security=SECURITIES, salt=st.binary(max_size=8))
def test_a_message_of_ours_is_read_by_pysnmp_as_it_was_meant(
    msg_id: int, security: Security, salt: bytes
) -> None:
    data, _ = encode_message(msg_id, 5, security, BODY, digest_octets=12, salt=salt)
    read: Any = decoder.decode(data, asn1Spec=rfc3412.SNMPv3Message())[0]
    header = read["msgGlobalData"]
    assert (int(read["msgVersion"]), int(header["msgID"])) == (3, msg_id)
    assert (bytes(header["msgFlags"]), int(header["msgSecurityModel"])) == (b"\x05", 3)
    parameters: Any = decoder.decode(
        bytes(read["msgSecurityParameters"]), asn1Spec=UsmSecurityParameters()
    )[0]
    said = [parameters.getComponentByPosition(place) for place in range(6)]
    assert [bytes(said[0]), int(said[1]), int(said[2]), bytes(said[3])] == [
        security.engine_id,
        security.boots,
        security.time_s,
        security.user,
    ]
    assert (bytes(said[4]), bytes(said[5])) == (bytes(12), salt)


@pytest.mark.parametrize("auth", AuthProtocol)
@given(security=SECURITIES)
def test_what_we_sign_is_read_back_and_authentic(auth: AuthProtocol, security: Security) -> None:
    incoming = read_message(_signed(auth, security))
    assert incoming.security == security
    assert is_authentic(incoming, auth, KEY)
    assert not is_authentic(incoming, auth, KEY + b"!")


@pytest.mark.parametrize("auth", AuthProtocol)
@given(place=st.integers(0), bit=st.integers(0, 7))
def test_no_bit_of_an_authentic_message_can_be_changed(
    auth: AuthProtocol, place: int, bit: int
) -> None:
    data = bytearray(_signed(auth, Security(b"engine", 3, 1000, b"user")))
    data[place % len(data)] ^= 1 << bit
    try:
        incoming = read_message(bytes(data))
    except Malformed:
        return
    assert not is_authentic(incoming, auth, KEY)


@given(data=st.binary(max_size=200))
def test_any_bytes_are_malformed_or_a_message(data: bytes) -> None:
    for read in (
        lambda: read_message(data),
        lambda: read_encrypted(data),
        lambda: read_scoped_pdu(data, padded=True),
        lambda: read_scoped_pdu(data, padded=False),
    ):
        try:
            read()
        except Malformed:
            continue


@given(
    cut=st.integers(0),
    changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=6),
    grown=st.binary(max_size=4),
)
def test_a_spoilt_message_is_malformed_or_not_authentic(
    cut: int, changes: list[tuple[int, int]], grown: bytes
) -> None:
    whole = _signed(AuthProtocol.SHA256, Security(b"engine", 3, 1000, b"user"))
    data = bytearray(whole[: len(whole) - cut % len(whole)])
    for place, value in changes:
        data[place % len(data)] = value
    data += grown
    try:
        incoming = read_message(bytes(data))
    except Malformed:
        return
    assert is_authentic(incoming, AuthProtocol.SHA256, KEY) == (bytes(data) == whole)


@pytest.mark.parametrize("priv", PrivProtocol)
@given(boots=UNSIGNED_31, time_s=UNSIGNED_31, plain=st.binary(max_size=100))
def test_what_is_encrypted_is_decrypted(
    priv: PrivProtocol, boots: int, time_s: int, plain: bytes
) -> None:
    key = bytes(range(KEY_OCTETS[priv]))
    salt, encrypted = usm_privacy.encrypt(priv, key, plain, boots=boots, time_s=time_s)
    back = usm_privacy.decrypt(priv, key, encrypted, boots=boots, time_s=time_s, salt=salt)
    assert back[: len(plain)] == plain
    assert back[len(plain) :] == bytes(len(back) - len(plain))


@pytest.mark.parametrize("priv", PrivProtocol)
@given(salt=st.binary(max_size=12), encrypted=st.binary(max_size=60))
def test_any_ciphertext_is_decrypted_to_something_or_malformed(
    priv: PrivProtocol, salt: bytes, encrypted: bytes
) -> None:
    key = bytes(range(KEY_OCTETS[priv]))
    try:
        plain = usm_privacy.decrypt(priv, key, encrypted, boots=1, time_s=2, salt=salt)
        read_scoped_pdu(plain, padded=True)
    except Malformed:
        return


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (ber.encode(ber.SEQUENCE, ber.encode_integer(1)), "version number 1"),
        (encode_message(1, 2, Security(b"", 0, 0, b""), BODY)[0], "encrypted and not auth"),
        (encode_message(1, 0, Security(b"", -1, 0, b""), BODY)[0], "out of range"),
        (encode_message(1, 0, Security(b"", 0, 2**31, b""), BODY)[0], "out of range"),
        (encode_message(1, 0, Security(b"", 0, 0, b""), BODY)[0] + b"\x00", "follows the message"),
    ],
)
def test_a_message_that_rfc_3412_does_not_allow_is_malformed(data: bytes, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        read_message(data)
