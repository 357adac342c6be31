"""Documents that the tests of sources make themselves."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: Sequence[Sequence[str] | None], *, locked: bool = False) -> bytes:
    """A PDF written by hand: a list of lines is a page of text, ``None`` a page that holds one grey picture.

    ``locked`` adds the standard security handler (revision 2) with keys that no empty password opens.
    """
    kids = " ".join(f"{10 + 2 * number} 0 R" for number in range(len(pages)))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        4: _stream(
            "/Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8", b"\x80" * 64
        ),
    }
    for number, lines in enumerate(pages):
        content = b"q 400 0 0 400 100 200 cm /Im Do Q"
        if lines is not None:
            shown = " ".join(f"({line}) Tj T*" for line in lines)
            content = f"BT /F 12 Tf 14 TL 72 700 Td {shown} ET".encode("cp1252")
        objects[10 + 2 * number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {11 + 2 * number} 0 R"
            "/Resources<</Font<</F 3 0 R>>/XObject<</Im 4 0 R>>>>>>"
        ).encode()
        objects[11 + 2 * number] = _stream("", content)
    out = bytearray(b"%PDF-1.4\n")
    table = b""
    for number in sorted(objects):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj" % number + objects[number] + b"endobj\n"
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n" + table
    lock = ""
    if locked:
        keys = "41" * 32
        lock = f"/Encrypt<</Filter/Standard/V 1/R 2/O<{keys}>/U<{keys}>/P -4>>/ID[<00><00>]"
    return bytes(out) + f"trailer<</Size 99/Root 1 0 R{lock}>>\nstartxref\n{start}\n%%EOF".encode()


def docx(body: str, **parts: str) -> bytes:
    """A Word document with this XML in its body; ``parts`` are other parts of word/ by their name without suffix."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, inside in {"document": f"<w:body>{body}</w:body>", **parts}.items():
            archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{WORD}">{inside}</w:{name}>')
    return file.getvalue()


def paragraph(text: str, *, properties: str = "") -> str:
    """The XML of a paragraph."""
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{run}</w:p>"


def _stream(entries: str, content: bytes) -> bytes:
    packed = zlib.compress(content)
    return f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode() + packed + b"\nendstream"
