"""Files that are handed in: told by their content, cleaned, kept by their hash, or refused."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from api.usecases.dossier_state import EvidenceFile
from api.usecases.dossiers import advance
from api.usecases.upload_intake import Intake, ReceivedFile, receive_file
from api.usecases.uploads import content_path, keep_upload, sweep_uploads
from inventory.database import Database
from inventory.errors import InvalidInput, Misconfigured, PreauError
from inventory.files.kinds import MediaType, NotTaken, TooLarge, UploadKind
from inventory.files.names import clean_name
from inventory.models import Change, Evidence, Upload
from inventory.programme.dossier import EvidenceKind, Role, Status
from inventory.settings import Settings
from tests.seed import seed
from tests.uploads import CABLE_TEST, CANARY, GPS_IFD, pdf, photo, png_of, workbook


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, upload_max_mb=1, upload_max_megapixels=1.0)


def received(
    here: Settings, content: bytes, kind: UploadKind = UploadKind.DOCUMENT, name: str = "x"
) -> tuple[ReceivedFile, bytes]:
    pieces = (content[at : at + 1000] for at in range(0, len(content), 1000))
    with receive_file(here, pieces, kind=kind, file_name=name) as file:
        return file, file.path.read_bytes()


def refusal(here: Settings, content: bytes, kind: UploadKind = UploadKind.DOCUMENT) -> str:
    with pytest.raises(PreauError) as told:
        received(here, content, kind)
    assert left_in(here) == []
    return str(told.value)


def left_in(here: Settings) -> list[Path]:
    return [each for each in here.uploads_path().rglob("*") if each.is_file()]


def test_a_file_of_two_gigabytes_is_refused_at_the_first_byte_too_much(here: Settings) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while taken < 2_000_000_000:
            taken += 65_536
            yield b"%PDF-1.7\n".ljust(65_536)

    with (
        pytest.raises(TooLarge, match="Ce fichier dépasse 1\u00a0Mo, la taille permise"),
        receive_file(here, endless(), kind=UploadKind.PLAN, file_name="plan.pdf"),
    ):
        pass
    assert taken < 1_100_000
    assert left_in(here) == []


def test_a_program_is_refused_at_its_first_bytes(here: Settings) -> None:
    intake = Intake(here, "plan.pdf")
    with pytest.raises(NotTaken, match="est un programme, qui n’est pas accepté"):
        intake.write(b"MZ".ljust(5000, b"\0"))
    intake.discard()
    assert left_in(here) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_no_place_and_no_byte_that_is_not_its_pixels(
    here: Settings, kind: str
) -> None:
    file, kept = received(here, photo(kind=kind), UploadKind.PHOTO, "IMG_1.jpeg")
    assert CANARY not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert not picture.getexif().get_ifd(GPS_IFD)
        assert {"exif", "icc_profile", "comment", "xmp"}.isdisjoint(picture.info)
        # Orientation 6: the left of what was sent is the top of what is seen.
        assert picture.size == (40, 60)
        red, _, blue = picture.convert("RGB").getpixel((20, 3))  # type: ignore[misc]
        assert (red > 200, blue < 80) == (True, True)
    assert (file.media_type, file.size_bytes) == (MediaType(f"image/{kind.lower()}"), len(kept))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("P", "PNG"), ("LA", "PNG"), ("1", "PNG"), ("RGBA", "WEBP")],
)
def test_pictures_of_every_colour_model_are_kept(here: Settings, mode: str, kind: str) -> None:
    packed = io.BytesIO()
    Image.new(mode, (30, 20)).save(packed, kind)
    _, kept = received(here, packed.getvalue(), UploadKind.PHOTO)
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (30, 20)


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(here: Settings) -> None:
    for side in (1_200, 30_000):
        assert refusal(here, png_of(side, side), UploadKind.PLAN) == (
            "Cette image dépasse 1\u00a0mégapixels\u00a0; réduisez-la d’abord"
        )


def test_a_picture_cut_short_is_refused(here: Settings) -> None:
    assert refusal(here, photo()[:300], UploadKind.PHOTO) == (
        "Cette image est abîmée ou incomplète"
    )


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"xl__vbaProject.bin": "x"}, "des macros"),
        ({"xl__macrosheets__sheet1.xml": "x"}, "des macros"),
        (
            {"[Content_Types].xml": "application/vnd.ms-excel.sheet.macroEnabled.main+xml"},
            "des macros",
        ),
        ({"xl__externalLinks__externalLink1.xml": "x"}, "des liens vers d’autres fichiers"),
        (
            {"xl___rels__workbook.xml.rels": '<Relationship Type="x" TargetMode="External"/>'},
            "des liens vers d’autres fichiers",
        ),
        ({"xl__connections.xml": "x"}, "des connexions à des données externes"),
        ({"xl__embeddings__oleObject1.bin": "x"}, "des objets incorporés"),
    ],
)
def test_a_workbook_that_runs_or_fetches_something_is_refused(
    here: Settings, parts: dict[str, str], what: str
) -> None:
    assert refusal(here, workbook(**parts), UploadKind.TABLE) == (
        f"Ce classeur contient {what}\u00a0; enregistrez-le en XLSX sans ces éléments"
    )


def test_a_workbook_with_links_to_pages_and_printers_is_kept(here: Settings) -> None:
    link = '<Relationship Type="http://x/hyperlink" Target="https://x" TargetMode="External"/>'
    content = workbook(
        xl__worksheets___rels__sheet1=link,
        **{
            "xl/worksheets/_rels/sheet1.xml.rels": link,
            "xl/printerSettings/printerSettings1.bin": "x",
        },
    )
    file, kept = received(here, content, UploadKind.TABLE, "mesures.xlsx")
    assert (file.media_type, kept) == (MediaType.XLSX, content)


def test_an_archive_that_is_no_workbook_or_a_bomb_is_refused(here: Settings) -> None:
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("virus.exe", "x")
    assert refusal(here, packed.getvalue(), UploadKind.TABLE) == (
        "Cette archive n’est pas un classeur XLSX"
    )
    assert refusal(here, workbook(xl__x="0" * 90_000_000), UploadKind.TABLE) == (
        "Ce classeur contient trop de données une fois décompressé"
    )
    assert refusal(here, workbook()[:-30], UploadKind.TABLE) == (
        "Ce classeur est abîmé ou incomplet"
    )


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ("<< /S /JavaScript /JS (app.alert(1)) >>", "du JavaScript"),
        ("<< /S /J#61vaScript /JS (app.alert(1)) >>", "du JavaScript"),
        ("<< /S /Launch /F (cmd.exe) >>", "une action qui lance un programme"),
        ("<< /Type /EmbeddedFile >>", "des fichiers joints"),
    ],
)
@pytest.mark.parametrize("hidden", [False, True])
def test_a_document_that_does_something_is_refused(
    here: Settings, action: str, what: str, *, hidden: bool
) -> None:
    content = pdf(hidden=action) if hidden else pdf(f"5 0 obj\n{action}\nendobj\n")
    assert refusal(here, content) == (
        f"Ce PDF contient {what}\u00a0; imprimez-le en PDF pour l’en débarrasser"
    )


def test_a_document_that_cannot_be_looked_into_is_refused(here: Settings) -> None:
    assert refusal(here, pdf("5 0 obj << /Encrypt 9 0 R >> endobj\n")) == (
        "Ce PDF est protégé par un mot de passe\u00a0; enregistrez-le sans protection"
    )
    assert refusal(here, pdf(hidden="<< >>", hidden_as="[/ASCII85Decode /FlateDecode]")) == (
        "Ce PDF est écrit d’une façon qui ne peut être contrôlée"
    )
    assert refusal(here, pdf()[:-7]) == "Ce PDF est abîmé ou incomplet"


def test_a_plain_document_is_kept_as_it_is(here: Settings) -> None:
    content = pdf("5 0 obj << /S /GoTo /Launcher 3 >> endobj\n", hidden="<< /Type /Page >>")
    file, kept = received(here, content, name="C:\\Bureau\\Convention signée.PDF")
    assert (kept, file.file_name) == (content, "Convention signée.pdf")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "un dessin SVG"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><script>", "un dessin SVG ou une page web"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "un ancien fichier Office"),
        (b"\0\0\0\x18ftypheic", "une image HEIC"),
        (b"GIF89a", "une image GIF"),
        (b"\1\2\3", "n’est pas reconnu"),
        (b"", "est vide"),
        (CABLE_TEST, "«\u00a0Document\u00a0» se donne en PDF, PNG, JPEG, WebP, pas en CSV"),
    ],
)
def test_what_is_not_taken_is_told_what_it_is(here: Settings, content: bytes, told: str) -> None:
    assert told in refusal(here, content)


def test_a_table_and_a_text_are_told_apart_and_hide_nothing(here: Settings) -> None:
    for content, media_type in (
        (CABLE_TEST, MediaType.CSV),
        (b"Fluke DSX-5000\nCable S1-A12: PASS\n", MediaType.TEXT),
    ):
        file, _ = received(here, content, UploadKind.CABLE_TEST)
        assert file.media_type is media_type
    hidden = CABLE_TEST * 100 + b"\0MZ"
    assert refusal(here, hidden, UploadKind.CABLE_TEST) == (
        "Ce fichier de texte contient autre chose que du texte"
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\plan.PDF", "plan.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie x.pdf"),
        ("", "fichier.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_file_name_is_made_safe(given: str, kept: str) -> None:
    assert clean_name(given, MediaType.PDF) == kept


def test_no_file_is_taken_while_the_disk_is_nearly_full(here: Settings) -> None:
    full = here.model_copy(update={"upload_min_free_mb": 10**9})
    with pytest.raises(Misconfigured, match="presque plein"):
        Intake(full, "x")
    assert left_in(here) == []


def test_the_same_bytes_are_kept_once_for_their_owner_alone(
    settings: Settings, database: Database
) -> None:
    rows = []
    for name in ("mesures.csv", "copie.csv"):
        with (
            receive_file(
                settings, [CABLE_TEST], kind=UploadKind.CABLE_TEST, file_name=name
            ) as file,
            database.write("user:anne") as session,
        ):
            rows.append(keep_upload(session, settings, file, by="user:anne"))
    assert rows[0].sha256 == rows[1].sha256
    (kept,) = [each for each in left_in(settings) if each.name != ".lock"]
    assert kept == content_path(settings, rows[0].sha256)
    assert kept.read_bytes() == CABLE_TEST
    assert kept.stat().st_mode & 0o777 == 0o600
    with database.read() as session:
        made = session.exec(select(Change).where(Change.table_name == "upload")).all()
        assert [each.actor for each in made] == ["user:anne", "user:anne"]


def test_a_sweep_takes_what_nobody_keeps_and_is_a_day_old(
    settings: Settings, database: Database
) -> None:
    def keep(content: bytes) -> Path:
        with (
            receive_file(settings, [content], kind=UploadKind.DOCUMENT, file_name="x") as file,
            database.write("user:anne") as session,
        ):
            return content_path(settings, keep_upload(session, settings, file, by="a").sha256)

    kept = keep(pdf())
    orphan = _written_by_a_transaction_that_fails(settings, database)
    killed = settings.uploads_path() / "incoming" / "0123"
    killed.write_bytes(b"x")
    assert orphan.is_file()
    with database.read() as session:
        assert sweep_uploads(session, settings) == 0
        for each in (kept, orphan, killed):
            os.utime(each, (1, 1))
        assert sweep_uploads(session, settings) == 2
    assert (kept.is_file(), orphan.is_file(), killed.is_file()) == (True, False, False)


def _written_by_a_transaction_that_fails(settings: Settings, database: Database) -> Path:
    with (
        receive_file(settings, [pdf("%x")], kind=UploadKind.DOCUMENT, file_name="x") as file,
        contextlib.suppress(InvalidInput),
        database.write("user:anne") as session,
    ):
        keep_upload(session, settings, file, by="user:anne")
        raise InvalidInput("the transaction fails")
    return content_path(settings, file.sha256)


def test_the_evidence_of_a_dossier_keeps_its_bytes(settings: Settings, database: Database) -> None:
    site_id = seed(database).site_ids[1]
    content = pdf()
    with (
        receive_file(
            settings, [content], kind=UploadKind.DOCUMENT, file_name="courrier.pdf"
        ) as file,
        database.write("user:anne") as session,
    ):
        upload = keep_upload(session, settings, file, by="user:anne", site_id=site_id)
        advance(
            session,
            site_id,
            Status.ON_HOLD,
            actor="user:anne",
            role=Role.PROGRAMME_MANAGER,
            reason="travaux",
            evidence=[EvidenceFile.of_upload(min(EvidenceKind), upload)],
        )
    with database.read() as session:
        evidence = session.exec(select(Evidence)).one()
        kept = session.get_one(Upload, evidence.upload_id)
    assert evidence.sha256 == kept.sha256
    assert content_path(settings, kept.sha256).read_bytes() == content
