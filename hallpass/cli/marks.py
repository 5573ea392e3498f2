"""`hallpass mark`, `hallpass photograph` and `hallpass lookalike`: the pictures that the detector compares with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from hallpass.cli.desk import By, Desk, Why, at_desk, listing
from registry import Mark, Photograph

app = typer.Typer(help="The district's logos, seals and mascots.", no_args_is_help=True)
photographs = typer.Typer(help="The district's own photographs.", no_args_is_help=True)
lookalikes = typer.Typer(help="Pictures that resemble a mark and are not the district's.", no_args_is_help=True)

Picture = Annotated[Path, typer.Argument(help="A PNG, JPEG, WebP or SVG file.")]
Title = Annotated[str, typer.Option(help="What it shows, in a few words.")]


@app.command("add")
def add_mark(
    mark_id: Annotated[str, typer.Argument(help="A short name for it, such as district-seal.")],
    picture: Picture,
    title: Title,
    by: By = "",
    why: Why = "",
) -> None:
    """Add a mark, or a newer drawing of one; older drawings are still recognised."""
    with at_desk() as desk:
        mark = desk.registry.add_mark(mark_id, title, picture, desk.decider(by), desk.now, why)
        desk.console.print(f"{mark.mark_id} is a mark of the district, version {mark.version}.")


@app.command("list")
def list_marks() -> None:
    """Show the marks."""
    with at_desk() as desk:
        _show_versions(desk, "mark", {mark.mark_id: mark for mark in desk.registry.marks()})


@photographs.command("add")
def add_photograph(
    photo_id: Annotated[str, typer.Argument(help="A short name for it, such as graduation-2026.")],
    picture: Annotated[Path, typer.Argument(help="A PNG, JPEG or WebP file.")],
    title: Title,
    by: By = "",
    why: Why = "",
) -> None:
    """Add a photograph of the district's, so that posts which show it are found."""
    with at_desk() as desk:
        photo = desk.registry.add_photograph(photo_id, title, picture, desk.decider(by), desk.now, why)
        desk.console.print(f"{photo.photo_id} is a photograph of the district, version {photo.version}.")


@photographs.command("list")
def list_photographs() -> None:
    """Show the photographs."""
    with at_desk() as desk:
        _show_versions(desk, "photograph", {photo.photo_id: photo for photo in desk.registry.photographs()})


@lookalikes.command("add")
def add_lookalike(
    lookalike_id: Annotated[str, typer.Argument(help="A short name for it, such as city-seal.")],
    picture: Picture,
    title: Title,
    by: By = "",
    why: Why = "",
) -> None:
    """Add a picture that the detector must not take for a mark."""
    with at_desk() as desk:
        added = desk.registry.add_lookalike(lookalike_id, title, picture, desk.decider(by), desk.now, why)
        desk.console.print(f"{added.lookalike_id} will not be taken for a mark.")


@lookalikes.command("list")
def list_lookalikes() -> None:
    """Show the lookalikes."""
    with at_desk() as desk:
        table = listing("Lookalike", "Title", "Since", "Added by", whole=("Since",))
        for item in desk.registry.lookalikes():
            table.add_row(item.lookalike_id, item.title, desk.date(item.added_at), item.added_by)
        desk.show(table, "No lookalike is known. `hallpass lookalike add --help` says how to add one.")


def _show_versions(desk: Desk, kind: str, assets: Mapping[str, Mark | Photograph]) -> None:
    table = listing(kind.capitalize(), "Title", "Version", "Since", "Added by", whole=("Since",))
    for name, asset in assets.items():
        table.add_row(name, asset.title, str(asset.version), desk.date(asset.added_at), asset.added_by)
    desk.show(table, f"No {kind} is known. `hallpass {kind} add --help` says how to add one.")
