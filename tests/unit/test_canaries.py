"""The search for canaries finds them, however they are written."""

import base64
import gzip
import html
import json
import zlib

import pytest

from tests.canaries import canary, found_in

# Fixed, so that every process of a run names its tests alike.
VALUE, OTHER = "Wifi5b0c1e9a7d3f48260a1b", "Wifi0d4e8a16c37f92b5e8d4"


@pytest.mark.parametrize(
    "written",
    [
        f"option key '{VALUE}'".encode(),
        f"…{VALUE[6:]}".encode(),
        json.dumps({"key": VALUE}).encode(),
        html.escape(f"<{VALUE}>").encode(),
        VALUE.encode().hex().upper().encode(),
        VALUE.encode("utf-16"),
        base64.b64encode(f"x{VALUE}y".encode()),
        base64.urlsafe_b64encode(f"xx{VALUE}yy".encode()),
        base64.b64encode(f"xxx{VALUE}".encode()),
        zlib.compress(f"key {VALUE}".encode()),
        gzip.compress(f"key {VALUE}".encode(), mtime=0),
    ],
)
def test_a_canary_is_found_in_every_form_and_no_other(written: bytes) -> None:
    assert found_in(written, [VALUE, OTHER]) == [VALUE]


def test_no_two_canaries_are_alike() -> None:
    assert canary("Wifi") != canary("Wifi")


def test_nothing_is_found_where_nothing_is() -> None:
    assert found_in(b"key sealed", [VALUE]) == []
