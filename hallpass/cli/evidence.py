"""`hallpass verify`, `backup`, `restore`, `search`, `ledger`, `warehouse`: the evidence and what is made from it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from hallpass.pipeline.archive import public_key
from hallpass.secrets import LEDGER
from hallpass.settings import Settings
from records.canonical import plain
from records.errors import BadInput
from records.model import Evidence

ledger = typer.Typer(help="The signed ledger of everything that was landed.", no_args_is_help=True)
warehouse = typer.Typer(help="The archive, which is made from landing.", no_args_is_help=True)

KeyFile = Annotated[
    Path | None,
    typer.Option("--key", help="The public key; the data folder's if left out."),
]
Trusted = Annotated[
    list[Path] | None, typer.Option("--trusted", help="A checkpoint that was kept elsewhere; may be given again.")
]


def verify(key: KeyFile = None, trusted: Trusted = None) -> None:
    """Check all evidence, the ledger and the archive against each other; name the first thing that is wrong."""
    from connectors import parse
    from warehouse.note import verifier_from
    from warehouse.verify import verify as check

    settings, console = Settings.load(), Console(highlight=False)
    notes = [_text(path) for path in trusted or ()]
    with console.status("Reading everything that was landed"):
        verifier = verifier_from(_text(key or public_key(settings)))
        found = check(settings.folder, parse, verifier, settings.now(), notes)
    console.print(f"{found.batches} batches, {found.lines} lines and {found.media} pictures are what was landed,")
    console.print(f"under {found.checkpoints} signed checkpoints, and the archive's {len(found.tables)} tables agree.")
    if found.waiting:
        console.print(f"{found.waiting} landed batches are not loaded yet: nothing vouches for them.")


def backup(
    target: Annotated[Path, typer.Argument(help="A folder on another disk.")],
) -> None:
    """Copy evidence and registry, while collection goes on."""
    from warehouse import backup as backing

    done = backing.backup(Settings.load().folder, target)
    Console(highlight=False).print(
        f"{done.files} files, {done.size / 1e6:.1f} MB; {done.copied} of them copied now, the registry too."
    )


def restore(source: Annotated[Path, typer.Argument(help="The folder that `hallpass backup` wrote.")]) -> None:
    """Put a backup into an empty data folder and make the archive from it anew."""
    from warehouse import backup as backing

    done = backing.restore(source, Settings.load().folder)
    console = Console(highlight=False)
    console.print(f"{done.files} files restored, each as it was backed up.")
    rebuild()
    console.print("`hallpass verify` checks the rest.")


def search(
    words: Annotated[str, typer.Argument(help='Words, "a phrase", AND, OR, NOT, begin*, author:handle.')],
    limit: Annotated[int, typer.Option(min=1, help="The most finds to show.")] = 20,
) -> None:
    """Find posts and comments in any version that was ever archived."""
    from hallpass.pipeline.office import opened
    from warehouse.search import Search

    settings, console = Settings.load(), Console(highlight=False)
    with opened(settings) as office, office.published() as published:
        if published is None:
            raise BadInput("Nothing is archived yet", "Run `hallpass collect` first")
        hits = Search(settings.folder, published).find(words, limit=limit)
    for hit in hits:
        when = f"{hit.created_at:%Y-%m-%d}" if hit.created_at else "undated"
        former = "" if hit.current else " (a former version)"
        console.print(
            f"[bold]{when}[/] {hit.kind} {hit.record_id}{former}\n  {escape(' '.join(hit.text.split())[:200])}"
        )
    console.print(f"{len(hits)} found.")


@ledger.command("init")
def init(name: Annotated[str, typer.Argument(help="Names the key, for example your district's domain.")]) -> None:
    """Make the key that signs the ledger. Its secret half is shown once and kept nowhere by hallpass."""
    from warehouse.note import new_signer

    settings, signer = Settings.load(), new_signer(name)
    if (path := public_key(settings)).exists():
        raise BadInput(f"{path} says that there is a key", "Keep signing with it")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(signer.verifier().text() + "\n")
    typer.echo(f"Public key, to be given to everybody: {path}")
    typer.echo(f"Secret, for the Airflow connection {LEDGER} (its password) and nowhere else:")
    typer.echo(signer.secret_text())


@ledger.command("checkpoint")
def checkpoint() -> None:
    """Print the newest signed checkpoint: keep it elsewhere, and history cannot be rewritten unseen."""
    from warehouse.ledger import Ledger

    steps = Ledger(Settings.load().folder).steps()
    if not steps:
        raise BadInput("Nothing is signed yet", "Run `hallpass collect` with a key, see `hallpass ledger init`")
    typer.echo(steps[-1].note, nl=False)


@ledger.command("prove")
def prove(
    batch: Annotated[str, typer.Argument(help="The batch, as the report names it.")],
    line: Annotated[int, typer.Argument(help="The line in it.")],
) -> None:
    """Print as JSON the proof that one record stands in the ledger; it can be checked without the archive."""
    from warehouse.ledger import Ledger

    typer.echo(json.dumps(plain(Ledger(Settings.load().folder).prove(Evidence(batch, line))), indent=1))


@warehouse.command("rebuild")
def rebuild() -> None:
    """Make the archive anew from landing alone, and publish it."""
    from connectors import parse
    from hallpass.pipeline.archive import archive
    from warehouse import rebuild as rebuilding

    settings, console = Settings.load(), Console(highlight=False)
    with console.status("Reading everything that was landed"):
        done = rebuilding.rebuild(settings.folder, parse, settings.now())
        archive(settings)
    console.print(f"{done.records} records from {done.batches} batches, published.")


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({os.strerror(error.errno or 0)})", "Give the file that has it"
        ) from None
