from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inventory.errors import InvalidInput
from site_surveys.heard import places_heard, radio_of
from site_surveys.samples import Sample, parse_samples
from site_surveys.spectrum import (
    band_of_channel,
    band_of_frequency,
    channel_of_frequency,
    frequency_of_channel,
)

HEADER = "x_m,y_m,floor,bssid,ssid,channel,rssi_dbm,noise_dbm,at"
LINE = "1.5,2,0,F0:9F:C2:A1:00:10,Eleves,36,-60,-95,2026-03-02T09:00:00+01:00"


def parsed(*lines: str, header: str = HEADER) -> tuple[Sample, ...]:
    return parse_samples("\n".join((header, *lines)).encode(), where="a.csv").samples


LISTENED = Sample(
    x_m=0,
    y_m=0,
    floor=0,
    bssid="f09fc2a10010",
    ssid="Eleves",
    channel=36,
    frequency_mhz=None,
    rssi_dbm=None,
    noise_dbm=None,
    at=None,
)


def sample(
    x_m: float,
    rssi_dbm: float | None,
    bssid: str | None = "f09fc2a10010",
    *,
    ssid: str = "Eleves",
    channel: int = 36,
) -> Sample:
    return replace(LISTENED, x_m=x_m, rssi_dbm=rssi_dbm, bssid=bssid, ssid=ssid, channel=channel)


def test_a_line_is_read_with_its_units() -> None:
    assert parsed(LINE) == (
        Sample(
            x_m=1.5,
            y_m=2.0,
            floor=0,
            bssid="f09fc2a10010",
            ssid="Eleves",
            channel=36,
            frequency_mhz=None,
            rssi_dbm=-60.0,
            noise_dbm=-95.0,
            at=datetime(2026, 3, 2, 8, tzinfo=UTC),
        ),
    )


def test_a_french_spreadsheet_s_export_is_read() -> None:
    text = "\ufeff" + HEADER.replace(",", ";") + "\r\n"
    text += "1,5;2,25;0;f09f.c2a1.0010;Élèves;36;−60,5;;2026-07-02 09:00\r\n"
    (read,) = parse_samples(text.encode(), where="a.csv").samples
    assert (read.x_m, read.y_m, read.rssi_dbm, read.noise_dbm) == (1.5, 2.25, -60.5, None)
    assert read.at == datetime(2026, 7, 2, 7, tzinfo=UTC)


def test_bad_lines_are_listed_with_their_number_and_the_others_used() -> None:
    lines = [
        LINE,
        LINE.replace("-60", "strong"),
        LINE.replace("-60", "12"),
        LINE.replace("F0:9F", "zz"),
        LINE.replace("2026-03-02T09:00:00+01:00", "yesterday"),
        LINE + ",more",
        LINE.replace("1.5", "nan"),
        LINE.replace("36", "36.5"),
        "",
        LINE,
    ]
    file = parse_samples("\n".join((HEADER, *lines)).encode(), where="a.csv")
    assert len(file.samples) == 2
    assert [(each.line, each.reason) for each in file.rejected] == [
        (3, "rssi_dbm is not a number: 'strong'"),
        (4, "rssi_dbm is 12, outside -200 to 0"),
        (5, "bssid is not a MAC address: 'zz:C2:A1:00:10'"),
        (6, "at is not an ISO 8601 time: 'yesterday'"),
        (7, "10 fields where the header has 9"),
        (8, "x_m is nan, outside -100000 to 100000"),
        (9, "channel is not a whole number: 36.5"),
    ]


@pytest.mark.parametrize("level", ["", "-100", "-105"])
def test_not_heard_is_no_level(level: str) -> None:
    (read,) = parsed(LINE.replace("-60", level))
    assert read.rssi_dbm is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no line holds a sample"),
        (b"x_m,y_m\n1,2", "no column bssid, rssi_dbm"),
        (HEADER.encode(), "no line holds a sample"),
        (HEADER.encode() + b"\n1", "line 2: 1 fields where the header has 9"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_a_file_of_no_use_is_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        parse_samples(content, where="a.csv")


def test_the_strongest_and_the_second_access_point_are_told_apart() -> None:
    there = [sample(1, -60), sample(1, -70, "f09fc2a10230", channel=44)]
    assert list(places_heard(there, band="5").rssi_dbm) == [-60]
    assert list(places_heard(there, band="5", rank=1).rssi_dbm) == [-70]


def test_the_networks_of_one_radio_are_one_access_point() -> None:
    assert radio_of("f09fc2a10010", 36) == radio_of("f29fc2a1001f", 36)
    there = [sample(1, -60), sample(1, -61, "f09fc2a10011", ssid="Invites")]
    second = places_heard(there, band="5", rank=1)
    assert second.access_points == 1
    assert not second.heard.any()


def test_missed_readings_are_never_averaged_in() -> None:
    mostly = [sample(1, -60), sample(1, -62), sample(1, None)]
    rarely = [sample(2, -60), sample(2, None), sample(2, None)]
    places = places_heard(mostly + rarely, band="5")
    assert places.rssi_dbm[0] == -62
    assert list(places.heard) == [True, False]


def test_a_place_where_only_others_were_heard_was_listened_at() -> None:
    there = [
        sample(1, -60),
        sample(2, -60, channel=6),
        sample(3, -60, ssid="Autre"),
        sample(4, None, None),
    ]
    places = places_heard(there, band="5", ssid="Eleves")
    assert list(places.heard) == [True, False, False, False]


def test_channels_and_frequencies_agree() -> None:
    for band, channel, frequency in (("2.4", 6, 2437), ("5", 36, 5180), ("6", 37, 6135)):
        assert frequency_of_channel(band, channel) == frequency
        assert channel_of_frequency(frequency) == channel
        assert band_of_frequency(frequency) == band
    assert (band_of_channel(13), band_of_channel(100), band_of_channel(37)) == ("2.4", "5", None)
    assert channel_of_frequency(5181) is None
