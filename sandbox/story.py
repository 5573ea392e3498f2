"""What happens in the district, week by week."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from sandbox.clock import EPOCH, snowflake, week_start
from sandbox.things import (
    Actor,
    Attachment,
    Follow,
    Person,
    Registration,
    SandComment,
    SandImage,
    SandPost,
    School,
    Version,
)


def tell(seed: int, weeks: int) -> dict[str, Any]:
    """The fields of a :class:`sandbox.world.World`."""
    rng = Random(seed)
    born = EPOCH - timedelta(days=400)
    registrations = tuple(
        Registration(
            platform="x" if n < 13 else "facebook",
            platform_id=snowflake(born, n) if n < 13 else f"{100200300400500 + n * 7919}",
            handle=f"AlderFalls{n}" if n < 13 else f"alderfalls.page{n}",
            owner_id="staff-01",
            school_id="afps",
            purpose="news",
            credential="hallpass_x" if n < 13 else f"hallpass_facebook_{100200300400500 + n * 7919}",
            registered_at=born,
            consent_verified_at=born,
            consent_expires_at=born + timedelta(days=700 if n != 3 else 410),
            suspended_at=EPOCH + timedelta(days=20) if n == 4 else None,
            token_died_at=EPOCH + timedelta(days=30) if n == 20 else None,
            fans=200,
        )
        for n in range(24)
    )
    actors = [Actor(r.platform, r.platform_id, r.handle, r.handle, "A school", "school", born) for r in registrations]
    actors += [
        Actor(p, snowflake(born, 99) if p == "x" else "7788990011", "walker_jo", "Jo Walker", "", None, born)
        for p in ("x", "facebook")
    ]
    posts, comments, images = [], [], []
    for week in range(1, weeks + 1):
        for n, r in enumerate(registrations):
            at = week_start(week) + timedelta(days=1, minutes=n * 7 + rng.randrange(5))
            number = snowflake(at, n)
            post_id = number if r.platform == "x" else f"{r.platform_id}_{number}"
            image = SandImage(f"w{week:02}-{n:02}", "flyer", n, 800, 600, "jpeg", ("Book fair", "Room 12"))
            images.append(image)
            host = "pbs.twimg.com/media" if r.platform == "x" else "scontent.xx.fbcdn.net/v/t39.30808-6"
            shown = Attachment(f"3_{number}", f"https://{host}/{image.image_id}.jpg", image.image_id, "A flyer")
            later = at + timedelta(minutes=20)
            edited = Version(snowflake(later, n) if r.platform == "x" else post_id, f"Edited {week}", later)
            posts.append(
                SandPost(
                    r.platform,
                    post_id,
                    r.platform_id,
                    "post",
                    (Version(post_id, f"Week {week}", at), edited)[: 1 + n % 2],
                    (shown,),
                    number if r.platform == "x" else None,
                    deleted_at=at + timedelta(days=3) if n % 9 == 8 else None,
                )
            )
            said = at + timedelta(hours=3)
            comment_id = snowflake(said, n) if r.platform == "x" else f"{number}_{snowflake(said, n)}"
            author = actors[24 if r.platform == "x" else 25].platform_id
            comments.append(
                SandComment(r.platform, comment_id, post_id, None, author, (Version(comment_id, "Thank you", said),))
            )
    follows = [Follow("x", actors[24].platform_id, r.platform_id, born) for r in registrations[:13]]
    follows += [Follow("x", r.platform_id, actors[24].platform_id, born) for r in registrations[:3]]
    return {
        "schools": (School("afps", "Alder Falls Public Schools", "district"),),
        "people": (Person("staff-01", "teacher", "Jo", "Moss", ("afps",), "jmoss", "jmoss@example.org"),),
        "actors": tuple(actors),
        "registrations": registrations,
        "organisations": (),
        "grants": (),
        "posts": tuple(posts),
        "comments": tuple(comments),
        "images": tuple(images),
        "follows": tuple(follows),
    }
