"""A table, a figure or a page as a file to keep."""

from __future__ import annotations

from fastapi.responses import Response

KINDS = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "tex": "application/x-tex",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "toml": "application/toml",
}


def download(content: bytes, name: str, ending: str) -> Response:
    """A file of one of :data:`KINDS`, to be kept and not shown."""
    headers = {"content-disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(content, media_type=KINDS[ending], headers=headers)
