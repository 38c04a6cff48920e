"""Whatever bytes the air or a file holds, reading them ends well or in one sentence."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import InvalidInput
from site_surveys.captures.radio_header import LINK_TYPES
from site_surveys.captures.reader import RawFrame, networks_heard
from site_surveys.captures.security import classify
from site_surveys.picture import picture_size
from site_surveys.plan import plan_from_json
from site_surveys.samples import parse_samples
from tests.survey_frames import beacon, he_operation, prism, radiotap, rsn

WHOLE = {
    127: bytes(radiotap(beacon(rsn(2, 8), he_operation(37)))),
    119: prism(beacon(rsn(2))),
    105: bytes(beacon(rsn(2))),
}
link_types = st.sampled_from(sorted(LINK_TYPES))
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(link_types, st.lists(st.binary(max_size=400), max_size=5))
def test_any_frame_is_counted_once(link_type: int, contents: list[bytes]) -> None:
    capture = networks_heard(RawFrame(link_type, None, content) for content in contents)
    announced = sum(heard.frames for heard in capture.heard)
    assert capture.frames == len(contents) == announced + capture.dropped + capture.broken


@given(link_types, st.data())
def test_a_frame_with_bytes_changed_or_cut_is_survived(link_type: int, data: st.DataObject) -> None:
    content = bytearray(WHOLE[link_type])
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    capture = networks_heard([RawFrame(link_type, None, bytes(content[:cut]))])
    for heard in capture.heard:
        assert heard.rssi_dbm is None or -120 <= heard.rssi_dbm < 0
        assert heard.ssid is None or heard.ssid.isprintable() or "\ufffd" in heard.ssid


@given(st.booleans(), st.lists(st.binary(max_size=40), max_size=3), st.none() | st.binary())
def test_any_security_element_is_classified_or_not_told(
    privacy: bool, bodies: list[bytes], wpa: bytes | None
) -> None:
    classify(privacy=privacy, rsn=tuple(bodies), wpa=wpa, rsnx=tuple(bodies))


@given(st.binary() | st.text().map(str.encode))
def test_any_samples_file_ends_in_samples_or_one_sentence(content: bytes) -> None:
    header = b"x_m,y_m,floor,bssid,ssid,channel,rssi_dbm,noise_dbm,at\n"
    for candidate in (content, header + content):
        with contextlib.suppress(InvalidInput):
            for sample in parse_samples(candidate, where="test").samples:
                assert sample.rssi_dbm is None or -100 < sample.rssi_dbm <= 0


@given(json_values)
def test_any_json_is_no_plan_in_one_sentence(value: object) -> None:
    with contextlib.suppress(InvalidInput):
        plan_from_json(value, where="test")


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8"]))
def test_any_picture_has_a_size_or_is_refused(content: bytes, magic: bytes) -> None:
    with contextlib.suppress(ValueError):
        width, height = picture_size(magic + content)
        assert width > 0
        assert height > 0
