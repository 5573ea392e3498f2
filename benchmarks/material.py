"""Made-up captures in the shapes of X and the Graph API, as many posts as are asked for, the same each time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from records.model import Envelope

START = datetime(2026, 9, 7, 12, tzinfo=UTC)
PAGE = 100
_EVERYDAY = """
school team game lunch tonight congratulations grade bus late parents meeting library books winter concert students
teachers proud community field trip friday reminder volunteers needed sports soccer basketball hockey chess robotics
theatre choir band practice cancelled snow delay open house"""
"""Each stands in a third of the posts."""
_FREQUENT = "science fair permission slip spelling bee picture form cafeteria principal"
"""Each stands in one of a hundred."""
_TOGETHER = {"science fair": 100, "permission slip": 500, "spelling bee tonight": 20_000}
"""Collocations: what stands together more often than chance has it, in one of so many posts."""

_TAGS = ("goteam", "schoollife", "proud", "snowday", "spiritweek")


class _Language:
    """Texts of 8 to 45 words: everyday ones, frequent ones, 5,000 rare ones, and collocations among them."""

    def __init__(self, dice: random.Random) -> None:
        rare = ["".join(dice.choices("abcdefghilmnoprstu", k=dice.randint(3, 9))) for _ in range(5_000)]
        self._words = [*_EVERYDAY.split() * 400, *_FREQUENT.split() * 9, *rare]
        self._dice = dice

    def text(self) -> str:
        """One post."""
        words = self._dice.choices(self._words, k=self._dice.randint(8, 45))
        for phrase, posts in _TOGETHER.items():
            if not self._dice.randrange(posts):
                words.insert(self._dice.randrange(len(words)), phrase)
        return " ".join(words)


def captures(posts: int, seed: int = 7) -> Iterator[Envelope]:
    """Pages of 100 posts, every other one X's and Facebook's."""
    dice = random.Random(seed)
    language = _Language(dice)
    for number in range(posts // PAGE):
        at = START + timedelta(minutes=number)
        texts = [language.text() for _ in range(PAGE)]
        yield (_x_page if number % 2 else _graph_page)(number, at, texts, dice)


def _x_page(number: int, at: datetime, texts: list[str], dice: random.Random) -> Envelope:
    account = str(1000 + number % 40)
    data, media = [], []
    for n, text in enumerate(texts):
        post = str(10**18 + (number * PAGE + n) * 4093 + dice.randrange(4000))
        item = {
            "id": post,
            "text": text,
            "author_id": account,
            "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "conversation_id": post,
            "edit_history_tweet_ids": [post],
            "edit_controls": {"edits_remaining": 5, "is_edit_eligible": True, "editable_until": at.isoformat()},
            "lang": "en",
            "possibly_sensitive": False,
            "reply_settings": "everyone",
            "entities": {
                "hashtags": [{"start": 3, "end": 12, "tag": dice.choice(_TAGS)}],
                "urls": [_url(dice)],
            },
            "public_metrics": {
                k: dice.randrange(300)
                for k in ("retweet_count", "reply_count", "like_count", "quote_count", "impression_count")
            },
        }
        if n % 4 == 0:
            key = f"3_{post}"
            item["attachments"] = {"media_keys": [key]}
            media.append({"media_key": key, "type": "photo", "url": f"https://pbs.twimg.com/media/{key}.jpg"})
        data.append(item)
    user = {"id": account, "username": f"school{account}", "name": "A school", "description": "Go team"}
    body = {"data": data, "includes": {"media": media, "users": [user]}, "meta": {"result_count": len(data)}}
    url = f"https://api.twitter.com/2/users/{account}/tweets?max_results=100"
    return Envelope("x.users_tweets", json.dumps(body).encode(), at, f"x:{account}", url=url)


def _graph_page(number: int, at: datetime, texts: list[str], dice: random.Random) -> Envelope:
    page = str(5000 + number % 40)
    data = []
    for n, text in enumerate(texts):
        post = f"{page}_{number * PAGE + n}"
        item = {
            "id": post,
            "message": text,
            "created_time": at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "updated_time": at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "permalink_url": f"https://www.facebook.com/{page}/posts/{number * PAGE + n}",
            "status_type": "mobile_status_update",
            "is_hidden": False,
            "from": {"name": "A school", "id": page},
            "shares": {"count": dice.randrange(30)},
            "comments": {"data": [], "summary": {"order": "chronological", "total_count": 0, "can_comment": False}},
        }
        if n % 4 == 0:
            source = f"https://scontent.xx.fbcdn.net/v/t1.0/{post}.jpg?oh={dice.randrange(16**16):x}"
            picture = {"image": {"height": 720, "src": source, "width": 960}}
            target = {"id": str(number * PAGE + n), "url": "https://www.facebook.com/photo.php"}
            item["attachments"] = {"data": [{"media": picture, "media_type": "photo", "target": target}]}
        data.append(item)
    url = f"https://graph.facebook.com/v26.0/{page}/posts?limit=100"
    return Envelope("facebook.posts", json.dumps({"data": data}).encode(), at, f"facebook:{page}", url=url)


def _url(dice: random.Random) -> dict[str, object]:
    short = f"https://t.co/{dice.randrange(36**9):x}"
    return {"start": 1, "end": 24, "url": short, "expanded_url": "https://www.school.example/news", "display_url": "s"}
