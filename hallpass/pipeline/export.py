"""Export: what was published in a time, as a bag that leaves the house with its proofs."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hallpass.pipeline.archive import archive, public_key
from hallpass.pipeline.office import opened
from hallpass.settings import Settings
from records.errors import BadInput
from warehouse.export import Exported, Wanted, export

MANIFEST = "manifest-sha256.txt"


def export_bag(settings: Settings, wanted: Wanted, target: Path, by: str, why: str) -> Exported:
    """Sign for all that is landed, write the bag, and note that it was made.

    Raises
    ------
    BadInput : ``target`` exists, nothing fits, or there is no signed ledger to prove anything with.
    TokenDead : the ledger's key is not there.
    """
    with opened(settings) as office:
        office.signer()
        archive(settings)
        info = {
            "Source-Organization": settings.district,
            "Bagging-Date": f"{settings.now().astimezone(settings.timezone):%Y-%m-%d}",
            "External-Description": _described(wanted),
        }
        with office.published() as published:
            if published is None:
                raise BadInput("Nothing is archived yet", "Run `hallpass collect` first")
            done = export(settings.folder, published, wanted, target, public_key(settings).read_text(), info)
        manifest = hashlib.sha256((target / MANIFEST).read_bytes()).hexdigest()
        made = (wanted.account_id, wanted.starts, wanted.ends, manifest)
        office.registry.exports.made(*made, by=by, at=settings.now(), why=why)
    return done


def _described(wanted: Wanted) -> str:
    account = wanted.account_id or "all accounts"
    starts = f" from {wanted.starts.isoformat()}" if wanted.starts else ""
    ends = f" up to {wanted.ends.isoformat()}" if wanted.ends else ""
    return f"Posts and comments of {account}{starts}{ends}"
