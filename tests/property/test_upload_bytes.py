"""Whatever bytes are handed in, they are kept or refused in one sentence, and nothing is left."""

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.uploading import FormReader, ReceivedForm
from api.usecases.scope import Viewer
from api.usecases.upload_intake import receive_file
from inventory.errors import InvalidInput
from inventory.files.kinds import EXTENSIONS, MediaType, UploadKind
from inventory.files.names import MAX_CHARACTERS, clean_name
from inventory.settings import Settings
from tests.uploads import CABLE_TEST, CANARY, pdf, photo, workbook

WHOLE = (
    photo(kind="JPEG"),
    photo(kind="PNG"),
    photo(kind="WEBP"),
    workbook(xl__a="<a/>"),
    pdf(hidden="<< /Type /Page >>"),
    CABLE_TEST,
)
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nphoto\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nabc;d\r\n--x--\r\n"
)
NOBODY = Viewer(1, "anne", "Anne", None, ())


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("uploads"), upload_max_megapixels=0.1)


def damaged(data: st.DataObject, whole: bytes) -> bytes:
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    return bytes(content[: data.draw(st.integers(0, len(content)))])


@given(data=st.data(), whole=st.sampled_from(WHOLE), kind=st.sampled_from(UploadKind))
def test_a_damaged_file_is_kept_or_refused_in_one_sentence(
    here: Settings, data: st.DataObject, whole: bytes, kind: UploadKind
) -> None:
    content = damaged(data, whole)
    with (
        contextlib.suppress(InvalidInput),
        receive_file(here, [content], kind=kind, file_name="x") as file,
    ):
        kept = file.path.read_bytes()
        assert len(kept) == file.size_bytes > 0
        assert not (file.media_type.is_picture and CANARY in kept)
    assert [each for each in here.uploads_path().rglob("*") if each.is_file()] == []


@given(st.text(max_size=300), st.sampled_from(MediaType))
def test_a_cleaned_name_is_one_visible_name_of_its_type(given_name: str, kind: MediaType) -> None:
    name = clean_name(given_name, kind)
    assert name.lower().endswith(EXTENSIONS[kind])
    assert name.isprintable() or "\u00a0" in name or "\u3000" in name or " " in name
    assert len(name) <= MAX_CHARACTERS
    assert not set(name) & set('/\\:*?"<>|\r\n\0')
    assert not name.startswith(".")
    assert clean_name(name, kind) == name


@given(data=st.data(), size=st.integers(1, 40))
def test_any_form_is_read_or_refused_whatever_its_pieces(
    here: Settings, data: st.DataObject, size: int
) -> None:
    content = damaged(data, FORM)
    form = ReceivedForm(NOBODY)
    try:
        reader = FormReader(here, "multipart/form-data; boundary=x", form)
        with contextlib.suppress(InvalidInput):
            for at in range(0, len(content), size):
                reader.write(content[at : at + size])
            reader.finish()
            assert len(form.fields) + len(form.files) <= 2
    finally:
        form.discard()
    assert [each for each in here.uploads_path().rglob("*") if each.is_file()] == []


@given(st.integers(1, 200))
def test_a_whole_form_is_read_the_same_in_pieces_of_any_size(size: int) -> None:
    form = ReceivedForm(NOBODY)
    with tempfile.TemporaryDirectory() as folder:
        reader = FormReader(
            Settings(data_dir=Path(folder)), 'multipart/form-data; boundary="x"', form
        )
        for at in range(0, len(FORM), size):
            reader.write(FORM[at : at + size])
        reader.finish()
        assert form.fields == {"kind": "photo"}
        looked_at = form.file("file").look_at(UploadKind.CABLE_TEST)
        assert (looked_at.file_name, looked_at.path.read_bytes()) == ("a.txt", b"abc;d")
        form.discard()
