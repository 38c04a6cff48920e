"""Files as people hand them in: well meant, careless and hostile."""

import io
import zipfile
import zlib

from PIL import Image

GPS_IFD, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
CANARY = b"canary-in-a-picture"


def photo(
    width: int = 60, height: int = 40, *, kind: str = "JPEG", orientation: int | None = 6
) -> bytes:
    """Return a picture, red at its left, that tells where and by what it was taken."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 4, height))
    exif = Image.Exif()
    exif[MAKE] = CANARY.decode()
    if orientation:
        exif[ORIENTATION] = orientation
    exif.get_ifd(GPS_IFD)[1] = "N"
    exif.get_ifd(GPS_IFD)[2] = (50.0, 28.0, 1.0)
    packed = io.BytesIO()
    picture.save(packed, kind, exif=exif)
    return packed.getvalue() + CANARY


def png_of(width: int, height: int) -> bytes:
    """Return a small file that unpacks to so many pixels."""
    packed = io.BytesIO()
    Image.new("1", (width, height)).save(packed, "PNG")
    return packed.getvalue()


def workbook(**parts: str) -> bytes:
    """Return a workbook (XLSX) of one empty sheet; `parts` are added, `__` stands for `/`."""
    made = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": "<workbook/>",
        "xl/worksheets/sheet1.xml": "<worksheet/>",
        **{name.replace("__", "/"): content for name, content in parts.items()},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.items():
            archive.writestr(name, content)
    return packed.getvalue()


def pdf(objects: str = "", *, hidden: str = "", hidden_as: str = "/FlateDecode") -> bytes:
    """Return a document with more objects, in clear or `hidden` in an object stream."""
    made = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n" + objects.encode()
    if hidden:
        packed = zlib.compress(f"7 0 {hidden}".encode())
        made += (
            f"\n6 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter {hidden_as} "
            f"/Length {len(packed)} >>\nstream\n".encode()
        )
        made += packed + b"\nendstream\nendobj\n"
    return made + b"\ntrailer << /Root 1 0 R >>\n%%EOF\n"


CABLE_TEST = b"Cable;Length_m;Result\nS1-A12;41,2;PASS\nS1-A13;38,0;PASS\n"
