"""The media hosts."""

from __future__ import annotations

from io import BytesIO

import pytest
import requests
from PIL import Image
from sandbox_place import Place

from sandbox.images import content_type, encoded
from sandbox.world import Attachment, SandImage


def shown(place: Place, platform: str) -> list[tuple[Attachment, SandImage]]:
    """What the posts of a platform show."""
    world = place.moment.world
    return [(a, world.image_by_id[a.image_id]) for p in world.posts if p.platform == platform for a in p.attachments]


@pytest.mark.parametrize("platform", ["x", "facebook"])
def test_each_image_is_served_under_the_url_that_its_post_gives(place: Place, platform: str) -> None:
    session = place.session()
    for attachment, image in shown(place, platform)[:10]:
        answer = session.get(attachment.url)
        expected = (404, b"Not Found") if image.fault == "missing" else (200, encoded(image))
        assert (answer.status_code, answer.content) == expected
        if image.fault is None:
            assert answer.headers["content-type"] == content_type(image)


@pytest.mark.parametrize("url", ["https://pbs.twimg.com/media/none.jpg", "https://scontent.xx.fbcdn.net/none.jpg"])
def test_an_unknown_image_is_not_found(place: Place, url: str) -> None:
    assert place.session().get(url).status_code == 404


def whole(place: Place) -> tuple[Attachment, SandImage]:
    return next((a, i) for a, i in shown(place, "x") if i.fault is None and max(i.width, i.height) > 680)


def test_x_serves_smaller_sizes_by_name(place: Place) -> None:
    attachment, image = whole(place)
    for form in (f"{attachment.url}?name=small", f"{attachment.url}:small", f"{attachment.url}?format=jpg&name=small"):
        with Image.open(BytesIO(place.session().get(form).content)) as small:
            assert max(small.size) == 680
    assert place.session().get(f"{attachment.url}?name=orig").content == encoded(image)


def test_an_image_that_has_not_changed_is_not_sent_again(place: Place) -> None:
    url = whole(place)[0].url
    first = place.session().get(url)
    again = place.session().get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (requests.codes.not_modified, b"")
