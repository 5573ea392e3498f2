"""What a reviewer says is not the district's teaches the detector: the crop becomes a lookalike."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from console.reading.queue import Standing
from console.routes.communications.work import Work, kept
from console.texts import _
from console.texts.telling import told
from console.visit import Visit
from detectors.images import Undecodable
from records.errors import BadInput
from warehouse.landing import Landing


def teach(visit: Visit, here: Work, standings: Iterable[Standing]) -> str:
    """Keep what lies in the boxes as lookalikes, each picture once; what became of it, in a sentence."""
    boxes = {each.seen.key: each for each in standings if each.seen.media_sha256 and each.seen.box}
    try:
        for standing in boxes.values():
            _keep(visit, here, standing)
    except (Undecodable, BadInput) as error:
        return _("The detector could not be taught: %(why)s.", why=told(error.what))
    return _("The detector leaves it alone from its next run on.") if boxes else ""


def _keep(visit: Visit, here: Work, standing: Standing) -> None:
    seen = standing.seen
    assert seen.media_sha256 and seen.box
    crop = kept(visit).darkroom.crop(Landing(visit.console.folder).media_path(seen.media_sha256), seen.box)
    title = f"Looks like {here.labels.mark(seen.subject)}, seen at @{here.labels.account(seen.account_id).handle}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lookalike.png"
        path.write_bytes(crop)
        visit.console.registry.add_lookalike(
            f"not-{seen.observation_id[:16]}",
            title[:200],
            path,
            visit.me.login,
            visit.now,
            f"dismissed as not ours: observation {seen.observation_id}",
        )
