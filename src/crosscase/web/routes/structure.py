"""The data structure as files; on the page it stands beside the codebook."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from crosscase.evidence.datastructure import DataStructure, data_structure
from crosscase.figures import Scene, data_structure_figure, to_png, to_svg
from crosscase.reports.formats.docx import figure_docx
from crosscase.reports.tables import data_structure_table
from crosscase.study.permissions import Permission
from crosscase.study.workspace import Workspace
from crosscase.web.context import Open, Signed, asks
from crosscase.web.downloads import download
from crosscase.web.security import Session

router = APIRouter(include_in_schema=False)

CAPTION = "Concepts, the themes they were grouped into, and the dimensions above those."


@router.get("/structure.{ending}", openapi_extra=asks(Permission.EXPORT))
def file(workspace: Open, session: Signed, ending: Literal["svg", "png", "docx"]) -> Response:
    structure = structure_of(workspace, session)
    scene = data_structure_figure(structure)
    if ending == "svg":
        return download(to_svg(scene).encode(), "data-structure", ending)
    picture = to_png(scene, dpi=300 if scene.height < 3000 else 150)
    if ending == "docx":
        picture = figure_docx("Data structure", CAPTION, picture, data_structure_table(structure))
    return download(picture, "data-structure", ending)


def structure_of(workspace: Workspace, session: Session) -> DataStructure:
    """The structure as it stands; for a blind coder with their own codings."""
    return data_structure(workspace.frozen().snapshot)


def linked_figure(structure: DataStructure, chosen: str) -> Scene:
    """The figure for the page: each box leads to its quotations."""
    return data_structure_figure(
        structure,
        address=lambda code: "/quotations?" + urlencode({"asked": "true", "under": "true", "code": code}),
        chosen=chosen,
    )
