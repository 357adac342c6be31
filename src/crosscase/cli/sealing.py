"""``crosscase seal`` and ``crosscase unseal``: key files and archives under a passphrase."""

from __future__ import annotations

import os
from pathlib import Path

import click

from crosscase.cli.common import tell
from crosscase.core.errors import InputError

#: Where a script may leave the passphrase; a person is asked for it.
VARIABLE = "CROSSCASE_PASSPHRASE"

passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help=f"The file whose first line is the passphrase; else {VARIABLE} from the environment, else you are asked.",
)


def passphrase(file: Path | None, *, new: bool = False) -> str:
    """The passphrase from a file, the environment or the person, who gives a ``new`` one twice.

    Raises:
        InputError: the file cannot be read or is empty, or there is nobody to ask.
    """
    if file is not None:
        try:
            lines = file.expanduser().read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("the passphrase file cannot be read", where=str(file)) from error
        if not lines or not lines[0]:
            raise InputError(
                "the passphrase file is empty", where=str(file), mend="write the passphrase on its first line"
            )
        return lines[0]
    if given := os.environ.get(VARIABLE):
        return given
    try:
        return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))
    except click.Abort:
        raise InputError(
            "no passphrase was given", mend=f"type it, or use --passphrase-file, or set {VARIABLE}"
        ) from None


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("out", required=False, type=click.Path(path_type=Path))
@passphrase_option
def seal(file: Path, out: Path | None, passphrase_file: Path | None) -> None:
    """Encrypt a file (a key file, an archive, a study file) under a passphrase into OUT, FILE.sealed by default.

    FILE stays as it is; delete it when the sealed one is where it should be. Without the passphrase nobody can read the
    sealed file any more, and nobody can help.
    """
    from crosscase.exchange.sealed import SUFFIX, seal

    out = out or file.with_name(file.name + SUFFIX)
    seal(file, out, passphrase(passphrase_file, new=True))
    tell(f"Sealed: {out}. {file} is still there, readable by all who could read it before.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("out", required=False, type=click.Path(path_type=Path))
@passphrase_option
def unseal(file: Path, out: Path | None, passphrase_file: Path | None) -> None:
    """Decrypt a sealed file into OUT, by default its name without .sealed."""
    from crosscase.exchange.sealed import SUFFIX, unseal

    if out is None:
        if file.suffix != SUFFIX:
            raise InputError("the name does not say what to call the file", where=str(file), mend="give OUT as well")
        out = file.with_suffix("")
    unseal(file, out, passphrase(passphrase_file))
    tell(f"Unsealed: {out}")
