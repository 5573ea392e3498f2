"""The Graph API through the real facebook-sdk, compared with the made-up world."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import facebook
import pytest
from sandbox_place import Place

from sandbox import graph_names
from sandbox.clock import EPOCH, FIRST_DEMO, WEEK
from sandbox.district import TOKEN_DEAD
from sandbox.state import APP
from sandbox.world import Registration, SandPost

POST_FIELDS = (
    "id,message,created_time,updated_time,permalink_url,status_type,is_hidden,from,"
    "attachments{media,media_type,target,subattachments},shares,comments.summary(true)"
)
COMMENT_FIELDS = "id,from,message,attachment,created_time,parent,is_hidden,permalink_url"


def pages(place: Place) -> list[Registration]:
    """The registered Pages whose tokens live."""
    found = [r for r in place.moment.world.registrations if r.platform == "facebook"]
    return [r for r in found if r.token_died_at is None or r.token_died_at > place.sandbox.now]


def everything(graph: facebook.GraphAPI, object_id: str, edge: str, **options: Any) -> Iterator[dict[str, Any]]:
    """All items of an edge by following ``next`` until it is absent."""
    while True:
        page = graph.get_connections(object_id, edge, **options)
        yield from page["data"]
        following = page.get("paging", {}).get("next")
        if following is None:
            return
        options = {name: values[0] for name, values in parse_qs(urlsplit(following).query).items()}


def busiest(place: Place) -> tuple[Registration, SandPost]:
    """The post with the longest thread, and its Page."""
    posts = [(r, p) for r in pages(place) for p in place.moment.posts_by("facebook", r.platform_id)]
    return max(posts, key=lambda pair: len(place.moment.comments_on("facebook", pair[1].post_id)))


def refused(place: Place, credential: str, path: str, **options: Any) -> dict[str, Any]:
    """The error body that the SDK raises."""
    with pytest.raises(facebook.GraphAPIError) as caught:
        place.graph(credential).get_object(path, **options)
    error: dict[str, Any] = caught.value.result["error"]
    assert error.pop("fbtrace_id")
    return error


def test_a_page_tells_its_counts(place: Place) -> None:
    page = pages(place)[0]
    actor = place.moment.actor("facebook", page.platform_id)
    assert actor
    found = place.graph(page.credential).get_object(page.platform_id, fields="name,username,about,followers_count")
    assert found == {
        "id": page.platform_id,
        "name": actor.name,
        "username": actor.handle,
        "about": actor.bio,
        "followers_count": place.moment.followers_count("facebook", page.platform_id),
    }


def test_a_page_is_found_by_name_and_as_me(place: Place) -> None:
    page = pages(place)[0]
    graph = place.graph(page.credential)
    assert graph.get_object(page.handle) == graph.get_object("me") == graph.get_object(page.platform_id)
    assert graph.get_version() == "26.0"


@pytest.mark.parametrize("edge", ["posts", "published_posts"])
def test_following_next_gives_every_post_once_newest_first(place: Place, edge: str) -> None:
    for page in pages(place):
        found = everything(place.graph(page.credential), page.platform_id, edge, limit=4, fields="id,message")
        posts = place.moment.posts_by("facebook", page.platform_id)
        expected = [(post.post_id, place.moment.versions(post)[-1].text) for post in posts]
        assert [(post["id"], post.get("message", "")) for post in found] == expected


def test_the_feed_holds_the_pages_own_posts_and_those_that_tag_it(place: Place) -> None:
    page = pages(place)[0]
    graph = place.graph(page.credential)
    own = {post["id"] for post in everything(graph, page.platform_id, "posts")}
    tagged = {post["id"] for post in everything(graph, page.platform_id, "tagged")}
    assert {post["id"] for post in everything(graph, page.platform_id, "feed")} == own | tagged


def test_some_page_comes_empty_and_yet_has_a_next(place: Place) -> None:
    answers = [
        place.graph(page.credential).get_connections(page.platform_id, "posts", limit=limit)
        for page in pages(place)
        for limit in (1, 2, 3)
    ]
    assert any(answer["data"] == [] and "next" in answer["paging"] for answer in answers)


def test_next_is_a_whole_url_that_carries_the_token(place: Place) -> None:
    page = pages(place)[0]
    graph = place.graph(page.credential)
    following = urlsplit(graph.get_connections(page.platform_id, "posts", limit=1, fields="id")["paging"]["next"])
    assert (following.scheme, following.netloc) == ("https", "graph.facebook.com")
    assert following.path == f"/v26.0/{page.platform_id}/posts"
    assert parse_qs(following.query)["access_token"] == [graph.access_token]


def test_a_post_shows_images_versions_and_the_number_of_comments(place: Place) -> None:
    for page in pages(place):
        found = {
            p["id"]: p for p in everything(place.graph(page.credential), page.platform_id, "posts", fields=POST_FIELDS)
        }
        for post in place.moment.posts_by("facebook", page.platform_id):
            shown = found[post.post_id]
            comments = place.moment.comments_on("facebook", post.post_id)
            assert shown["from"]["id"] == page.platform_id
            assert sources(shown) == [attachment.url for attachment in post.attachments]
            assert shown["comments"]["summary"]["total_count"] == sum(c.parent_id is None for c in comments)
            changed = max([place.moment.versions(post)[-1].at, *(c.created_at for c in comments)])
            assert shown["updated_time"] == f"{changed:%Y-%m-%dT%H:%M:%S}+0000"


def sources(post: dict[str, Any]) -> list[str]:
    attached = post.get("attachments", {}).get("data", [])
    photos = [photo for item in attached for photo in item.get("subattachments", {"data": [item]})["data"]]
    return [photo["media"]["image"]["src"] for photo in photos]


def test_nested_fields_are_cut_to_what_is_named(place: Place) -> None:
    page, post = next(
        (page, post)
        for page in pages(place)
        for post in place.moment.posts_by("facebook", page.platform_id)
        if len(post.attachments) == 1
    )
    shown = place.graph(page.credential).get_object(post.post_id, fields="from{name},attachments{media{image{src}}}")
    actor = place.moment.actor("facebook", page.platform_id)
    assert actor
    media = {"media": {"image": {"src": post.attachments[0].url}}}
    assert shown == {"id": post.post_id, "from": {"name": actor.name}, "attachments": {"data": [media]}}


def test_since_and_until_bound_the_posts(place: Place) -> None:
    page = pages(place)[0]
    graph = place.graph(page.credential)
    middle = EPOCH + 3 * WEEK
    posts = place.moment.posts_by("facebook", page.platform_id)
    later = everything(graph, page.platform_id, "posts", since=int(middle.timestamp()))
    assert [p["id"] for p in later] == [p.post_id for p in posts if p.created_at >= middle]
    earlier = everything(graph, page.platform_id, "posts", until=f"{middle:%Y-%m-%dT%H:%M:%S}")
    assert [p["id"] for p in earlier] == [p.post_id for p in posts if p.created_at < middle]


def test_a_stream_of_comments_holds_the_replies_that_toplevel_omits(place: Place) -> None:
    for page in pages(place):
        graph = place.graph(page.credential)
        for post in place.moment.posts_by("facebook", page.platform_id)[:5]:
            thread = place.moment.comments_on("facebook", post.post_id)
            stream = everything(graph, post.post_id, "comments", filter="stream", order="chronological", limit=2)
            assert [c["id"] for c in stream] == [c.comment_id for c in thread]
            top = [c["id"] for c in everything(graph, post.post_id, "comments", order="reverse_chronological")]
            assert top == [c.comment_id for c in thread if c.parent_id is None][::-1]


def test_a_comment_names_its_author_its_parent_and_its_words(place: Place) -> None:
    page, post = busiest(place)
    graph = place.graph(page.credential)
    found = list(everything(graph, post.post_id, "comments", filter="stream", fields=COMMENT_FIELDS))
    thread = place.moment.comments_on("facebook", post.post_id)
    assert [(c["from"]["id"], c["message"], c.get("parent", {}).get("id")) for c in found] == [
        (c.author_id, place.moment.versions(c)[-1].text, c.parent_id) for c in thread
    ]


def test_the_replies_to_a_comment_are_its_own_edge(place: Place) -> None:
    comments = [c for c in place.moment.world.comments if c.platform == "facebook" and c.parent_id]
    reply = next(c for c in comments if c.parent_id and place.moment.comment("facebook", c.comment_id))
    assert reply.parent_id
    page = place.moment.registration("facebook", reply.post_id.partition("_")[0])
    assert page
    found = list(everything(place.graph(page.credential), reply.parent_id, "comments"))
    assert reply.comment_id in [c["id"] for c in found]
    single = place.graph(page.credential).get_object(reply.comment_id, fields="parent{id},message")
    assert single["parent"] == {"id": reply.parent_id}


def test_only_a_page_token_sees_who_commented(place: Place) -> None:
    page, post = busiest(place)
    with_page = place.graph(page.credential).get_connections(post.post_id, "comments", filter="stream", after=None)
    with_app = place.graph(APP).get_connections(post.post_id, "comments", filter="stream")
    assert all("from" in comment for comment in with_page["data"])
    assert not any("from" in comment for comment in with_app["data"])


def test_the_pages_that_a_page_likes(place: Place) -> None:
    for page in pages(place):
        found = everything(place.graph(page.credential), page.platform_id, "likes", fields="id,name")
        liked = place.moment.following("facebook", page.platform_id)
        assert list(found) == [{"id": actor.platform_id, "name": actor.name} for actor in liked]


def test_many_objects_come_by_their_ids(place: Place) -> None:
    page = pages(place)[0]
    wanted = [post.post_id for post in place.moment.posts_by("facebook", page.platform_id)[:3]]
    found = place.graph(page.credential).get_objects(wanted, fields="id")
    assert found == {post_id: {"id": post_id} for post_id in wanted}


def test_a_photo_is_an_object_with_its_alt_text(place: Place) -> None:
    page, shown = next(
        (page, attachment)
        for page in pages(place)
        for post in place.moment.posts_by("facebook", page.platform_id)
        for attachment in post.attachments
        if attachment.alt_text
    )
    photo = place.graph(page.credential).get_object(shown.media_id, fields="alt_text,images{source}")
    assert photo == {"id": shown.media_id, "alt_text": shown.alt_text, "images": [{"source": shown.url}]}
    photos = everything(place.graph(page.credential), page.platform_id, "photos")
    assert shown.media_id in [found["id"] for found in photos]


def test_a_deleted_post_is_error_100_33(place: Place) -> None:
    world = place.moment.world
    gone = next(p for p in world.posts if p.platform == "facebook" and p.deleted_at and p.deleted_at < FIRST_DEMO)
    page = place.moment.registration("facebook", gone.author_id)
    assert page
    error = refused(place, page.credential, gone.post_id)
    assert (error["code"], error["error_subcode"], error["type"]) == (100, 33, "GraphMethodException")
    assert f"Object with ID '{gone.post_id}' does not exist" in error["message"]


def test_a_dead_token_is_error_190_463(place: Place) -> None:
    dead = place.moment.registration("facebook", TOKEN_DEAD)
    assert dead
    assert dead.token_died_at
    error = refused(place, dead.credential, "me")
    assert (error["code"], error["error_subcode"], error["type"]) == (190, 463, "OAuthException")
    assert "Session has expired" in error["message"]
    place.sandbox.set_clock(dead.token_died_at - WEEK / 7)
    assert place.graph(dead.credential).get_object("me")["id"] == dead.platform_id


def test_another_pages_token_lacks_the_permission(place: Place) -> None:
    first, second, *_ = pages(place)
    assert refused(place, first.credential, second.platform_id)["code"] == 10


@pytest.mark.parametrize(
    ("path", "options", "code"),
    [
        ("nobody.at.all", {}, 803),
        ("1234567890123456", {}, 100),
        ("me", {"fields": "id,mood"}, 100),
        ("me", {"fields": "id,from{"}, 2500),
        ("me/mood", {}, 2500),
        ("me/posts", {"after": "nonsense"}, 100),
        ("me/posts", {"limit": "many"}, 100),
        ("me/posts", {"since": "last tuesday"}, 100),
    ],
)
def test_what_cannot_be_answered_has_its_code(place: Place, path: str, options: dict[str, Any], code: int) -> None:
    assert refused(place, pages(place)[0].credential, path, **options)["code"] == code


def test_a_token_that_never_was_and_none_at_all_are_told_apart(place: Place) -> None:
    graph = place.graph(APP)
    for token, code in (("EAAnonsense", 190), ("", 104)):
        graph.access_token = token
        with pytest.raises(facebook.GraphAPIError) as caught:
            graph.get_object("me")
        assert caught.value.code == code


def test_versions_that_are_not_of_the_form_v26_0_are_refused(place: Place) -> None:
    graph = place.graph(pages(place)[0].credential)
    graph.version = "v25.0"
    assert graph.get_object("me")
    for version in ("v2.8", "26.0", "v26.1", "latest"):
        graph.version = version
        with pytest.raises(facebook.GraphAPIError) as caught:
            graph.get_object("me")
        assert caught.value.code == 2500


def test_no_token_of_the_sandbox_may_write(place: Place) -> None:
    with pytest.raises(facebook.GraphAPIError) as caught:
        place.graph(pages(place)[0].credential).put_object("me", "feed", message="never")
    assert caught.value.code == 200


def test_usage_is_told_for_the_page_or_for_the_app(place: Place) -> None:
    page = pages(place)[0]
    url = f"https://graph.facebook.com/v26.0/{page.platform_id}"
    tokens = place.sandbox.credentials
    with_page = place.session().get(url, params={"access_token": tokens[page.credential]}).headers
    with_app = place.session().get(url, headers={"Authorization": f"Bearer {tokens[APP]}"}).headers
    told = {"call_count": 0, "total_cputime": 0, "total_time": 0}
    assert json.loads(with_page["X-Business-Use-Case-Usage"]) == {
        page.platform_id: [{"type": "pages", **told, "estimated_time_to_regain_access": 0}]
    }
    assert json.loads(with_app["X-App-Usage"]) == told


@pytest.mark.parametrize(
    ("specifications", "fields", "edges"),
    [
        (["Page"], graph_names.PAGE_FIELDS, graph_names.PAGE_EDGES),
        (["Post", "PagePost"], graph_names.POST_FIELDS, graph_names.POST_EDGES),
        (["Comment"], graph_names.COMMENT_FIELDS, graph_names.COMMENT_EDGES),
        (["Photo"], graph_names.PHOTO_FIELDS, frozenset()),
    ],
)
def test_what_may_be_asked_for_is_what_meta_specifies(
    shared: Path, specifications: list[str], fields: frozenset[str], edges: frozenset[str]
) -> None:
    published = [json.loads((shared / "fixtures/fb-specs" / f"{name}.json").read_text()) for name in specifications]
    assert fields == {field["name"] for specification in published for field in specification["fields"]}
    read = [api for specification in published for api in specification["apis"] if api["method"] == "GET"]
    assert edges - {api.get("endpoint") for api in read} == set()


def test_every_field_that_meta_specifies_can_be_asked_for_and_none_is_invented(place: Place) -> None:
    page, post = busiest(place)
    graph = place.graph(page.credential)
    comment = place.moment.comments_on("facebook", post.post_id)[0]
    for object_id, names in (
        (page.platform_id, graph_names.PAGE_FIELDS),
        (post.post_id, graph_names.POST_FIELDS),
        (comment.comment_id, graph_names.COMMENT_FIELDS),
    ):
        found = graph.get_object(object_id, fields=",".join(sorted(names)))
        assert {"id"} < set(found) <= names


def test_reactions_are_counted_and_never_named(place: Place) -> None:
    page, post = busiest(place)
    wish = "reactions.limit(0).summary(total_count).as(all),likes.summary(true)"
    found = place.graph(page.credential).get_object(post.post_id, fields=wish)
    total = found["likes"]["summary"]["total_count"]
    assert found["all"] == {"data": [], "summary": {"total_count": total, "viewer_reaction": "NONE"}}


def test_attachments_have_the_shape_of_the_recorded_ones(place: Place, shared: Path) -> None:
    folder = shared / "fixtures" / "graph-recordings" / "facebook" / "apidata" / "posts"
    recorded = json.loads((folder / "feeds_default_fields_p1.json").read_text())
    items = [item for post in recorded["data"] for item in post.get("attachments", {"data": []})["data"]]
    known = {key for item in items for key in item} | {"subattachments"}
    for page in pages(place):
        for post in everything(place.graph(page.credential), page.platform_id, "posts", fields="attachments"):
            for item in post.get("attachments", {"data": []})["data"]:
                assert set(item) <= known
                assert set(item["media"]["image"]) == set(items[0]["media"]["image"])
