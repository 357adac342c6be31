"""PDF: the text of each page as it stands, headers and footers included.

PDFium ends lines with CR LF; that is its convention and not the file's, so lines end with LF here.  A hyphen at the end of
a line stays a hyphen and a line end.  PDFium is not made for several threads: one document is read at a time.
"""

from __future__ import annotations

import threading
from typing import Any

from crosscase.exchange.sources.model import Document, Extract, clean

__all__ = ["read_pdf"]

_LOCK = threading.Lock()


def read_pdf(document: Document) -> Extract:
    """The text of a PDF with the code point at which each page begins.

    Raises InputError for a file that is locked by a password, damaged, or made of images only.
    """
    with _LOCK:
        texts, pictures = _pages(document)
    if not any(text.strip() for text in texts):
        if any(pictures):
            raise document.refuse(
                f"the PDF holds only images, no text ({len(texts)} pages)",
                mend="run a text recognition (OCR) program on it, for example OCRmyPDF, and import the result",
            )
        raise document.refuse("the PDF holds no text", mend="check that it is the right file")
    warnings: list[str] = []
    images_only = [
        str(number)
        for number, (text, picture) in enumerate(zip(texts, pictures, strict=True), 1)
        if picture and not text.strip()
    ]
    if images_only:
        warnings.append(f"only images, no text, on page {', '.join(images_only)}: run OCR to have their text")
    starts, position = [], 0
    for text in texts:
        starts.append(position)
        position += len(text) + 1
    text, replaced = clean("\n".join(texts))
    return Extract(text, pages=tuple(starts), warnings=(*warnings, *replaced))


def _pages(document: Document) -> tuple[list[str], list[bool]]:
    """The text of each page, and whether it has a picture (asked only of pages without text)."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(document.data)
    except pypdfium2.PdfiumError as error:
        raise _cannot_open(document, str(error)) from None
    texts: list[str] = []
    pictures: list[bool] = []
    characters = 0
    try:
        for number in range(len(pdf)):
            try:
                page = pdf[number]
                text = _page_text(page)
                has_picture = not text.strip() and _has_picture(page)
                page.close()
            except pypdfium2.PdfiumError as error:
                raise document.refuse(
                    f"the page cannot be read ({error})",
                    place=f"page {number + 1}",
                    mend="save or download the file again",
                ) from None
            texts.append(text)
            pictures.append(has_picture)
            characters += len(text)
            if characters > document.limits.characters:  # the caller refuses it; do not read on
                break
    finally:
        pdf.close()
    return texts, pictures


def _page_text(page: Any) -> str:
    textpage = page.get_textpage()
    try:
        # within the page's bounds: some programs leave text beyond the edge that no reader sees
        text: str = textpage.get_text_bounded() or textpage.get_text_range()
    finally:
        textpage.close()
    # U+0002 and U+FFFE are how PDFium marks a hyphen at the end of a line, whose line end it leaves out
    return text.replace("\r\n", "\n").replace("\ufffe", "-\n").replace("\x02", "-\n")


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw

    return any(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=5))


def _cannot_open(document: Document, message: str) -> Exception:
    if "password" in message.casefold():
        return document.refuse(
            "the PDF is locked by a password", mend="save a copy without the password and import that one"
        )
    if "security" in message.casefold():
        return document.refuse("the PDF is encrypted in a way that cannot be read", mend="print it to a new PDF")
    return document.refuse("the PDF is damaged or cut off and cannot be opened", mend="save or download the file again")
