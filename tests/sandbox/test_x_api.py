"""X through the real tweepy, compared with the made-up world."""

from __future__ import annotations

from typing import Any

import pytest
import tweepy
from sandbox_place import Place

from sandbox.district import SUSPENDED
from sandbox.world import Registration, SandComment, SandPost

MANY: dict[str, Any] = {
    "tweet_fields": ["created_at", "conversation_id", "author_id", "referenced_tweets", "attachments", "note_tweet"],
    "expansions": ["author_id", "attachments.media_keys", "referenced_tweets.id", "edit_history_tweet_ids"],
    "media_fields": ["url", "alt_text"],
}


def accounts(place: Place) -> list[Registration]:
    """The registered X accounts that are not suspended."""
    found = [r for r in place.moment.world.registrations if r.platform == "x"]
    return [r for r in found if not (r.suspended_at and r.suspended_at <= place.sandbox.now)]


def current_id(place: Place, item: SandPost | SandComment) -> str:
    return place.moment.versions(item)[-1].version_id


def posts_in_order(place: Place, author_id: str) -> list[str]:
    return sorted((current_id(place, post) for post in place.moment.posts_by("x", author_id)), key=int, reverse=True)


def all_posts(place: Place, client: tweepy.Client, **options: Any) -> list[tweepy.Tweet]:
    pages = [
        tweepy.Paginator(client.get_users_tweets, r.platform_id, max_results=5, **options).flatten()
        for r in accounts(place)
    ]
    return [post for page in pages for post in page]


def test_users_come_back_in_the_order_asked_for(place: Place) -> None:
    asked = accounts(place)[:4]
    answer = place.tweepy().get_users(usernames=[r.handle for r in asked])
    actors = [place.moment.actor("x", r.platform_id) for r in asked]
    assert [user.data for user in answer.data] == [
        {"id": actor.platform_id, "name": actor.name, "username": actor.handle} for actor in actors if actor
    ]
    assert answer.errors == []


def test_a_suspended_and_an_unknown_user_are_partial_errors_beside_data(place: Place) -> None:
    known = accounts(place)[0]
    answer = place.tweepy().get_users(usernames=[known.handle, SUSPENDED, "nobody_at_all"])
    assert [user.username for user in answer.data] == [known.handle]
    assert [(e["title"], e["detail"], e["value"]) for e in answer.errors] == [
        ("Forbidden", f"User has been suspended: [{SUSPENDED}].", SUSPENDED),
        ("Not Found Error", "Could not find user with usernames: [nobody_at_all].", "nobody_at_all"),
    ]


def test_single_users_are_found_by_id_and_by_name(place: Place) -> None:
    known = accounts(place)[0]
    client = place.tweepy()
    by_id = client.get_user(id=known.platform_id, user_fields=["public_metrics"])
    assert by_id.data.public_metrics["followers_count"] == place.moment.followers_count("x", known.platform_id)
    assert str(client.get_user(username=known.handle.upper()).data.id) == known.platform_id


def test_a_wrong_bearer_answers_401(place: Place) -> None:
    client = place.tweepy()
    client.bearer_token = "wrong"
    with pytest.raises(tweepy.Unauthorized):
        client.get_users(usernames=["AlderFallsPS"])


def test_calls_of_a_signed_in_user_and_writes_are_forbidden(place: Place) -> None:
    client = place.tweepy()
    with pytest.raises(tweepy.Forbidden, match="Application-Only is forbidden"):
        client.get_me(user_auth=False)
    with pytest.raises(tweepy.Forbidden):
        client.create_tweet(text="never", user_auth=False)


def test_an_unknown_path_answers_404(place: Place) -> None:
    with pytest.raises(tweepy.NotFound):
        place.tweepy().get_space("1DXxyRYNejbKM")


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("/2/users/1/tweets", {"max_results": 4}, "is not between 5 and 100"),
        ("/2/users/1/tweets", {"max_results": 101}, "is not between 5 and 100"),
        ("/2/tweets/search/all", {"query": "a", "max_results": 501}, "is not between 10 and 500"),
        ("/2/users/1/followers", {"max_results": 1001}, "is not between 1 and 1000"),
        ("/2/users/by", {}, "can not be empty"),
        ("/2/users/by", {"usernames": "a b"}, "does not match"),
        ("/2/tweets", {"ids": ",".join(map(str, range(1, 102)))}, "is not between 1 and 100"),
        ("/2/users/1/tweets", {"start_time": "yesterday"}, "is not a valid RFC3339 date-time"),
        ("/2/users/1/tweets", {"tweet.fields": "mood"}, "is not one of"),
        ("/2/users/1/tweets", {"expansions": "mood"}, "is not one of"),
        ("/2/users/1/tweets", {"post.fields": "created_at"}, "The query parameter [post.fields] is not one of"),
        ("/2/users/1/followers", {"pagination_token": "x" * 16}, "Invalid 'pagination_token'"),
        ("/2/tweets/search/recent", {"query": "x" * 513}, "must be 512 characters or fewer"),
        ("/2/tweets/search/recent", {"query": "mood:glad"}, "Reference to invalid operator 'mood'"),
        ("/2/tweets/search/recent", {"query": "a", "end_time": "2026-10-19T11:00:00Z"}, "minimum of 10 seconds"),
    ],
)
def test_a_bad_parameter_answers_400_and_says_which(
    place: Place, path: str, query: dict[str, Any], message: str
) -> None:
    answer = place.x(path, **query)
    body = answer.json()
    assert (answer.status_code, body["title"]) == (400, "Invalid Request")
    assert message in body["errors"][0]["message"]


def test_a_page_token_is_good_for_its_own_list_only(place: Place) -> None:
    first, second, *_ = (r for r in accounts(place) if len(place.moment.posts_by("x", r.platform_id)) > 5)
    token = place.x(f"/2/users/{first.platform_id}/tweets", max_results=5).json()["meta"]["next_token"]
    assert place.x(f"/2/users/{second.platform_id}/tweets", pagination_token=token).status_code == 400


def test_the_new_dialect_says_posts_everywhere(place_of_posts: Place) -> None:
    place = place_of_posts
    fields = {"post.fields": "created_at,public_metrics,note_post", "user.fields": "public_metrics"}
    expansions = "author_id,referenced_posts,edit_history_post_ids,attachments.media_keys"
    pages = [
        place.x(f"/2/users/{r.platform_id}/tweets", max_results=100, expansions=expansions, **fields).json()
        for r in accounts(place)
    ]
    keys = {key for page in pages for post in page["data"] for key in post}
    assert {"edit_history_post_ids", "referenced_posts", "author_id", "attachments"} <= keys
    assert not [key for key in keys if "tweet" in key]
    assert "posts" in {key for page in pages for key in page["includes"]}
    assert "repost_count" in pages[0]["data"][0]["public_metrics"]
    assert "post_count" in pages[0]["includes"]["users"][0]["public_metrics"]


def test_the_new_dialect_still_takes_tweepys_names(place_of_posts: Place) -> None:
    client = place_of_posts.tweepy(return_type=dict)
    answer = client.get_users_tweets(accounts(place_of_posts)[0].platform_id, **MANY)
    assert {"id", "text", "edit_history_post_ids", "author_id"} <= set(answer["data"][0])


def test_the_new_dialect_has_its_own_problem_types(place_of_posts: Place) -> None:
    gone = place_of_posts.x("/2/tweets", ids="1").json()["errors"][0]
    assert gone["type"] == "https://api.x.com/2/problems/resource-not-found"
    refused = place_of_posts.x("/2/tweets", ids="x")
    assert (refused.status_code, refused.json()["type"]) == (400, "https://api.x.com/2/problems/invalid-request")
