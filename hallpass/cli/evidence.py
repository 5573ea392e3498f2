"""`hallpass verify`, `backup`, `restore`, `search`, `ledger`, `warehouse`: the evidence and what is made from it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from hallpass.cli.desk import By
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
    typer.Option("--key", help="The public keys, one a line, oldest first; the data folder's if left out."),
]
StampRoots = Annotated[
    Path | None,
    typer.Option(
        "--stamp-roots", help="The time-stamping authority's root certificates (PEM); the folder's if left out."
    ),
]
Trusted = Annotated[
    list[Path] | None, typer.Option("--trusted", help="A checkpoint that was kept elsewhere; may be given again.")
]


def verify(key: KeyFile = None, trusted: Trusted = None, stamp_roots: StampRoots = None) -> None:
    """Check all evidence, the ledger and the archive against each other; name the first thing that is wrong."""
    from hallpass.pipeline.ledger import check

    settings, console = Settings.load(), Console(highlight=False)
    notes = [_text(path) for path in trusted or ()]
    with console.status("Reading everything that was landed"):
        roots = _text(stamp_roots).encode() if stamp_roots else None
        found = check(settings, settings.user, _text(key or public_key(settings)), notes, roots)
    console.print(f"{found.batches} batches, {found.lines} lines and {found.media} pictures are what was landed,")
    console.print(f"under {found.checkpoints} signed checkpoints, and the archive's {len(found.tables)} tables agree.")
    if found.stamps:
        console.print(f"{found.stamps} of the checkpoints are time-stamped by an authority outside.")
    if found.waiting:
        batches = "1 landed batch is" if found.waiting == 1 else f"{found.waiting} landed batches are"
        console.print(f"{batches} not loaded yet, so nothing vouches for it: the next collection does.")
    for disposed in found.disposed:
        day = f"{disposed.at.astimezone(settings.timezone):%-d %B %Y}"
        console.print(
            f"{disposed.lines} lines and {disposed.media} pictures were disposed of under permission"
            f" {escape(disposed.permission)} on {day} ({disposed.disposition_id}); their commitments hold."
        )
        if disposed.waiting:
            todo = f"`hallpass retention run {disposed.disposition_id}` goes on"
            console.print(f"  {disposed.waiting} of them are still there: {todo}.")


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
    from hallpass.pipeline.ledger import make_key

    settings = Settings.load()
    _show_key(settings, make_key(settings, name).secret_text())


@ledger.command("rotate")
def rotate(
    why: Annotated[str, typer.Option(help="The reason, kept with the decision: the secret is lost, or has leaked.")],
    by: By = "",
) -> None:
    """Replace the key that signs the ledger, where its secret is lost or has leaked. The old public keys stay."""
    from hallpass.pipeline.ledger import rotate as replace

    settings = Settings.load()
    _show_key(settings, replace(settings, by.strip() or settings.user, why).secret_text())


@ledger.command("stamp")
def stamp(
    tsa: Annotated[str, typer.Option(help="The time-stamping authority's address (RFC 3161).")],
    roots: Annotated[Path | None, typer.Option(help="Its root certificates (PEM); needed the first time.")] = None,
    by: By = "",
) -> None:
    """Have the newest checkpoint time-stamped outside: it existed then, whatever becomes of the district's key."""
    from hallpass.pipeline.ledger import stamp_newest

    settings = Settings.load()
    made = stamp_newest(settings, tsa, _text(roots).encode() if roots else None, by.strip() or settings.user)
    if made is None:
        raise BadInput("Nothing is signed yet", "Run `hallpass collect` with a key, see `hallpass ledger init`")
    typer.echo(f"Checkpoint {made.number} is time-stamped at {made.at:%Y-%m-%d %H:%M:%S} UTC.")


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


@warehouse.command("seal")
def seal() -> None:
    """Put years that are over into files of their own, which are never copied again. `collect` does so by itself."""
    from connectors import parse
    from warehouse import seal as sealing
    from warehouse.publish import publish

    settings, console = Settings.load(), Console(highlight=False)
    with console.status("Reading what was landed"):
        years = sealing.seal(settings.folder, parse, settings.now())
        if years:
            publish(settings.folder)
    if years:
        console.print(f"Sealed: {', '.join(map(str, years))}.")
    else:
        console.print(f"No year is due: a year is sealed {sealing.GRACE.days} days after its end.")


def _show_key(settings: Settings, secret: str) -> None:
    typer.echo(f"Public key, to be given to everybody: {public_key(settings)}")
    typer.echo(f"Secret, for the Airflow connection {LEDGER} (its password) and nowhere else:")
    typer.echo(secret)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({os.strerror(error.errno or 0)})", "Give the file that has it"
        ) from None
