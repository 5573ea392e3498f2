"""A post that shows one of the district's photographs is observed, and judged by what the registry permits."""

from __future__ import annotations

from made_up_district import District

from hallpass.pipeline import archive, collect, detect
from registry import Registry

ACCOUNTS = 4  # enough for one that posts a picture
USES = """
    SELECT record_id, subject, rule, clause, strong, media_sha256, outcome
    FROM observation JOIN judgement USING (observation_id) WHERE rule = 'photo-use' ORDER BY record_id"""
SHOWN = """
    SELECT DISTINCT record_id, sha256 FROM (SELECT record_id, unnest(media_ids) AS media_id FROM post_version)
    JOIN media_file USING (media_id) WHERE sha256 = ? ORDER BY record_id"""


def test_the_districts_photograph_is_observed_where_it_is_posted(district: District) -> None:
    [accounts, *_] = collect.plan(district.settings)
    collect.collect(district.settings, accounts[:ACCOUNTS])
    archive.archive(district.settings)
    posted = sorted(image for batch in detect.plan_images(district.settings) for image in batch)[0]
    look(district, posted)
    assert posted not in planned(district)
    with Registry.open(district.settings.registry_url) as registry:
        path = district.settings.folder / "media" / posted[:2] / posted
        registry.add_photograph("autumn-fair", "The autumn fair", path, "ann", district.now)
    assert posted in planned(district)
    look(district, posted)
    detect.judge(district.settings)
    archive.archive(district.settings)
    assert posted not in planned(district)
    assert district.rows(USES) == [
        (record, "autumn-fair", "photo-use", "4.9", True, posted, "no_permission")
        for record, _ in district.rows(SHOWN, posted)
    ]


def look(district: District, image: str) -> None:
    detect.look_at_images(district.settings, [image])
    archive.archive(district.settings)


def planned(district: District) -> list[str]:
    return [image for batch in detect.plan_images(district.settings) for image in batch]
