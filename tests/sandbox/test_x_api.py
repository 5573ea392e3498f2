"""X through the real tweepy, compared with the made-up world."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import tweepy
from sandbox_place import Place

from sandbox.clock import EPOCH, FIRST_DEMO, WEEK
from sandbox.district import SUSPENDED
from sandbox.limits import Rate
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


def test_a_timeline_pages_through_every_post_once_newest_first(place: Place) -> None:
    for registration in accounts(place):
        paginator = tweepy.Paginator(place.tweepy().get_users_tweets, registration.platform_id, max_results=5)
        found = [str(post.id) for post in paginator.flatten()]
        assert found == posts_in_order(place, registration.platform_id)


def test_a_previous_token_leads_back_to_the_first_page(place: Place) -> None:
    busiest = max(accounts(place), key=lambda r: len(place.moment.posts_by("x", r.platform_id)))
    client = place.tweepy(return_type=dict)
    first = client.get_users_tweets(busiest.platform_id, max_results=5)
    second = client.get_users_tweets(busiest.platform_id, max_results=5, pagination_token=first["meta"]["next_token"])
    token = second["meta"]["previous_token"]
    assert client.get_users_tweets(busiest.platform_id, max_results=5, pagination_token=token) == first


def test_only_requested_fields_and_the_documented_defaults_are_sent(place: Place) -> None:
    registration = accounts(place)[0]
    client = place.tweepy(return_type=dict)
    plain = client.get_users_tweets(registration.platform_id)
    assert {key for post in plain["data"] for key in post} == {"id", "text", "edit_history_tweet_ids"}
    assert set(plain) == {"data", "meta"}
    dated = client.get_users_tweets(registration.platform_id, tweet_fields=["created_at"])
    assert {key for post in dated["data"] for key in post} == {"id", "text", "edit_history_tweet_ids", "created_at"}


def test_expansions_bring_authors_media_and_earlier_versions(place: Place) -> None:
    client = place.tweepy()
    pages = [client.get_users_tweets(r.platform_id, max_results=100, **MANY) for r in accounts(place)]
    media = {m["media_key"]: m["url"] for page in pages for m in page.includes.get("media", [])}
    alive = [post for r in accounts(place) for post in place.moment.posts_by("x", r.platform_id)]
    assert media == {a.media_id: a.url for post in alive for a in post.attachments}
    edited = [post for post in alive if len(place.moment.versions(post)) > 1]
    earlier = {v.version_id: v.text for post in edited for v in place.moment.versions(post)[:-1] if len(v.text) <= 280}
    included = {str(t.id): t.text for page in pages for t in page.includes.get("tweets", [])}
    assert edited
    assert {version: included[version] for version in earlier} == earlier
    for page in pages:
        assert {user.id for user in page.includes["users"]} >= {post.author_id for post in page.data or []}


def test_a_long_text_is_cut_and_whole_in_note_tweet(place: Place) -> None:
    items = [*place.moment.world.posts, *place.moment.world.comments]
    texts = {v.version_id: v.text for i in items if i.platform == "x" for v in i.versions if len(v.text) > 280}
    for version_id, text in texts.items():
        found = place.tweepy().get_tweet(version_id, tweet_fields=["note_tweet"]).data
        if found is not None:
            assert found["note_tweet"]["text"] == text
            assert len(found.text) <= 280


def test_times_and_ids_bound_a_timeline(place: Place) -> None:
    registration = accounts(place)[0]
    client = place.tweepy()
    posts = place.moment.posts_by("x", registration.platform_id)
    versions = [place.moment.versions(post)[-1] for post in posts]
    middle = versions[len(versions) // 2].at.replace(microsecond=0)
    later = client.get_users_tweets(registration.platform_id, start_time=middle, max_results=100)
    earlier = client.get_users_tweets(registration.platform_id, end_time=middle, max_results=100)
    assert {str(p.id) for p in later.data} == {v.version_id for v in versions if v.at >= middle}
    assert {str(p.id) for p in earlier.data} == {v.version_id for v in versions if v.at < middle}
    oldest = min(int(v.version_id) for v in versions)
    newer = client.get_users_tweets(registration.platform_id, since_id=oldest, max_results=100)
    assert {str(p.id) for p in newer.data} == {v.version_id for v in versions} - {str(oldest)}
    assert [p.id for p in client.get_users_tweets(registration.platform_id, until_id=oldest + 1).data] == [oldest]


def test_a_timeline_can_leave_out_replies_and_reposts(place: Place) -> None:
    for registration in accounts(place):
        found = place.tweepy().get_users_tweets(
            registration.platform_id, max_results=100, exclude=["replies", "retweets"]
        )
        posts = place.moment.posts_by("x", registration.platform_id)
        kept = {current_id(place, post) for post in posts if post.kind not in ("reply", "repost")}
        assert {str(post.id) for post in found.data or []} == kept


def test_the_timeline_of_a_suspended_account_is_an_error_without_data(place: Place) -> None:
    suspended = place.moment.registration("x", SUSPENDED)
    assert suspended
    answer = place.tweepy().get_users_tweets(suspended.platform_id)
    assert answer.data is None
    assert [e["detail"] for e in answer.errors] == [f"User has been suspended: [{suspended.platform_id}]."]


def test_posts_of_a_suspended_account_may_not_be_seen(place: Place) -> None:
    suspended = place.moment.registration("x", SUSPENDED)
    assert suspended
    posts = place.moment.posts_by("x", suspended.platform_id)
    answer = place.tweepy().get_tweets([post.post_id for post in posts][:2])
    assert answer.data is None
    assert {e["type"].rpartition("/")[2] for e in answer.errors} == {"not-authorized-for-resource"}
    found = place.tweepy().search_all_tweets(f"from:{SUSPENDED}", start_time=EPOCH)
    assert found.data is None


def test_a_deleted_post_is_not_found_beside_the_others(place: Place) -> None:
    world = place.moment.world
    deleted = next(p for p in world.posts if p.platform == "x" and p.deleted_at and p.deleted_at < FIRST_DEMO)
    alive = place.moment.posts_by("x", accounts(place)[0].platform_id)[0]
    answer = place.tweepy().get_tweets([deleted.post_id, current_id(place, alive)])
    assert [str(post.id) for post in answer.data] == [current_id(place, alive)]
    assert answer.errors == [
        {
            "type": "https://api.twitter.com/2/problems/resource-not-found",
            "title": "Not Found Error",
            "resource_type": "tweet",
            "parameter": "ids",
            "resource_id": deleted.post_id,
            "value": deleted.post_id,
            "detail": f"Could not find tweet with ids: [{deleted.post_id}].",
        }
    ]
    assert deleted.deleted_at
    place.sandbox.set_clock(deleted.deleted_at - timedelta(seconds=1))
    assert place.tweepy().get_tweet(deleted.post_id).data.id == int(deleted.post_id)


def test_every_version_can_be_looked_up_and_tells_the_whole_chain(place: Place) -> None:
    posts = [p for r in accounts(place) for p in place.moment.posts_by("x", r.platform_id)]
    edited = next(p for p in posts if len(place.moment.versions(p)) > 1)
    chain = [v.version_id for v in place.moment.versions(edited)]
    answer = place.tweepy().get_tweets(chain)
    assert [str(p.id) for p in answer.data] == chain
    assert all([str(i) for i in p.edit_history_tweet_ids] == chain for p in answer.data)


def test_a_post_that_refers_to_a_deleted_one_says_so_beside_itself(place: Place) -> None:
    place.sandbox.set_clock(FIRST_DEMO + 2 * WEEK)
    moment = place.moment
    gone = {p.post_id for p in moment.world.posts if p.platform == "x" and not moment.post("x", p.post_id)}
    comments = [c for c in moment.world.comments if c.platform == "x" and c.post_id in gone and c.parent_id is None]
    orphan = next(c for c in comments if moment.comment("x", c.comment_id))
    answer = place.tweepy().get_tweets([orphan.comment_id], expansions=["referenced_tweets.id"])
    assert [reference.id for reference in answer.data[0].referenced_tweets] == [int(orphan.post_id)]
    assert [(e["parameter"], e["value"]) for e in answer.errors] == [("referenced_tweets.id", orphan.post_id)]


def test_search_finds_a_conversations_comments_and_replies(place: Place) -> None:
    roots = [p for r in accounts(place) for p in place.moment.posts_by("x", r.platform_id) if p.kind == "post"]
    asked = [p.post_id for p in roots if place.moment.conversation(p.post_id)][:12]
    query = " OR ".join(f"conversation_id:{root}" for root in asked)
    found = tweepy.Paginator(place.tweepy().search_all_tweets, f"({query}) is:reply", start_time=EPOCH, max_results=10)
    expected = [current_id(place, item) for root in asked for item in place.moment.conversation(root)]
    assert [str(p.id) for p in found.flatten()] == sorted(expected, key=int, reverse=True)


def test_recent_search_sees_seven_days_and_refuses_more(place: Place) -> None:
    client = place.tweepy()
    week = FIRST_DEMO - timedelta(days=7)
    roots = [post.post_id for r in accounts(place) for post in place.moment.posts_by("x", r.platform_id)]
    roots = [root for root in roots if len(place.moment.comments_on("x", root)) > 2][:12]
    query = " OR ".join(f"conversation_id:{root}" for root in roots)
    found = tweepy.Paginator(client.search_recent_tweets, f"({query}) is:reply", max_results=100).flatten()
    answers = [place.moment.versions(item)[-1] for root in roots for item in place.moment.conversation(root)]
    assert {str(p.id) for p in found} == {v.version_id for v in answers if v.at >= week}
    with pytest.raises(tweepy.BadRequest, match="'start_time' must be on or after"):
        client.search_recent_tweets(query, start_time=week - timedelta(minutes=1))


def test_archive_search_without_a_start_reaches_back_thirty_days(place: Place) -> None:
    account = accounts(place)[0]
    found = place.tweepy().search_all_tweets(f"from:{account.handle}", max_results=100)
    posts = place.moment.posts_by("x", account.platform_id)
    limit = FIRST_DEMO - timedelta(days=30)
    assert {str(p.id) for p in found.data} == {current_id(place, p) for p in posts if p.created_at >= limit}


def test_mentions_are_those_who_name_or_answer_the_account(place: Place) -> None:
    account = max(accounts(place), key=lambda r: len(first_answers(place, r)))
    found = tweepy.Paginator(place.tweepy().get_users_mentions, account.platform_id, max_results=100).flatten()
    assert {str(p.id) for p in found} >= {current_id(place, c) for c in first_answers(place, account)} > set()


def first_answers(place: Place, registration: Registration) -> list[SandComment]:
    """The comments that answer the account's posts themselves."""
    posts = place.moment.posts_by("x", registration.platform_id)
    return [c for post in posts for c in place.moment.comments_on("x", post.post_id) if c.parent_id is None]


def test_followers_and_following_are_paged_in_full(place: Place) -> None:
    client = place.tweepy()
    suspended = place.moment.registration("x", SUSPENDED)
    assert suspended
    for registration in accounts(place)[:4]:
        for call, related in (
            (client.get_users_followers, place.moment.followers),
            (client.get_users_following, place.moment.following),
        ):
            found = tweepy.Paginator(call, registration.platform_id, max_results=7).flatten()
            expected = [a.platform_id for a in related("x", registration.platform_id)]
            assert [str(user.id) for user in found] == [i for i in expected if i != suspended.platform_id]


def test_the_rate_headers_count_down_for_each_endpoint(place: Place) -> None:
    handle = accounts(place)[0].handle
    standings = [place.x("/2/users/by", usernames=handle).headers["x-rate-limit-remaining"] for _ in range(3)]
    assert standings == ["299", "298", "297"]
    assert place.x(f"/2/users/by/username/{handle}").headers["x-rate-limit-remaining"] == "299"


def test_a_used_up_window_answers_429_with_its_reset(place: Place) -> None:
    for _ in range(300):
        place.sandbox.limits.take("hallpass_x", "/2/users/by", Rate(300))
    with pytest.raises(tweepy.TooManyRequests) as caught:
        place.tweepy().get_users(usernames=[accounts(place)[0].handle])
    assert caught.value.reset_time is not None
    assert caught.value.response.json() == {
        "title": "Too Many Requests",
        "detail": "Too Many Requests",
        "type": "about:blank",
        "status": 429,
    }


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
