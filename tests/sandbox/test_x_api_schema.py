"""X's answers against X's own OpenAPI in both dialects, and no key that it does not name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sandbox_place import Place

from sandbox.clock import EPOCH, FIRST_DEMO
from sandbox.district import SUSPENDED
from sandbox.x_dialect import MEDIA_FIELDS, POST_EXPANSIONS, POST_FIELDS, USER_EXPANSIONS, USER_FIELDS, dialect

DOCUMENTS = {"tweet": "openapi_2.166_20260706.json", "post": "openapi_2.167_20260822.json"}
UNASKABLE = {"author_id", "in_reply_to_user_id", "referenced_tweets", "edit_history_tweet_ids", "affiliation"}
START = {"start_time": "2026-09-01T00:00:00Z"}

Schema = dict[str, Any]


@cache
def document(shared: Path, name: str) -> Schema:
    """The OpenAPI document, its ``nullable`` said in JSON Schema's way."""

    def plain(part: Any) -> Any:
        if isinstance(part, list):
            return [plain(item) for item in part]
        if not isinstance(part, dict):
            return part
        part = {key: plain(value) for key, value in part.items()}
        if part.pop("nullable", False) and isinstance(part.get("type"), str):
            part["type"] = [part["type"], "null"]
        return part

    found: Schema = plain(json.loads((shared / "fixtures" / "x-openapi" / DOCUMENTS[name]).read_text()))
    return found


def response_schema(openapi: Schema, path: str) -> Schema:
    found: Schema = openapi["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return found


def unnamed_keys(openapi: Schema, schema: Schema, value: Any, at: str = "") -> set[str]:
    """The places of all keys in ``value`` that ``schema`` does not name."""
    parts = branches(openapi, schema, value)
    if isinstance(value, list):
        items = [part["items"] for part in parts if "items" in part]
        return {key for item in value for inner in items for key in unnamed_keys(openapi, inner, item, f"{at}[]")}
    if not isinstance(value, dict):
        return set()
    named = {key: inner for part in parts for key, inner in part.get("properties", {}).items()}
    free = any(not part.get("properties") or "additionalProperties" in part for part in parts)
    unnamed = set() if free else {f"{at}.{key}" for key in value if key not in named}
    below = [unnamed_keys(openapi, named[key], inner, f"{at}.{key}") for key, inner in value.items() if key in named]
    return unnamed.union(*below)


def branches(openapi: Schema, schema: Schema, value: Any, follow: bool = True) -> list[Schema]:
    """The schemas that together name the keys of ``value``: references, parts, and the one that it says it is."""
    if "$ref" in schema:
        return branches(openapi, openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]], value, follow)
    said = schema.get("discriminator") if follow and isinstance(value, dict) else None
    if said:
        assert value[said["propertyName"]] in said["mapping"], f"no such {said['propertyName']}: {value}"
        return branches(openapi, {"$ref": said["mapping"][value[said["propertyName"]]]}, value, follow=False)
    found = [schema] if "properties" in schema or "items" in schema or schema.get("type") == "object" else []
    for part in [*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())]:
        found += branches(openapi, part, value, follow=False)
    return found


def requests_of(place: Place) -> dict[str, tuple[str, dict[str, str]]]:
    """For each path of the OpenAPI one request that asks for all there is."""
    x = dialect(place.sandbox.dialect)
    moment = place.moment
    account = next(r for r in moment.world.registrations if r.platform == "x")
    suspended = moment.registration("x", SUSPENDED)
    assert suspended
    alive = [p for p in moment.world.posts if p.platform == "x" and moment.post("x", p.post_id)]
    gone = [p.post_id for p in moment.world.posts if p.platform == "x" and p.deleted_at and p.deleted_at < FIRST_DEMO]
    some = [v.version_id for p in alive if p.author_id != suspended.platform_id for v in moment.versions(p)][:80]
    theirs = [p.post_id for p in moment.posts_by("x", suspended.platform_id)][:2]
    askable = POST_FIELDS if x.name == "tweet" else POST_FIELDS - UNASKABLE
    users = {"user.fields": _join(x.out(n) for n in (USER_FIELDS if x.name == "tweet" else USER_FIELDS - UNASKABLE))}
    users |= {x.out("tweet.fields"): _join(x.out(name) for name in askable)}
    posts = users | {"media.fields": _join(MEDIA_FIELDS)}
    if x.name == "tweet":
        users |= {"expansions": _join(USER_EXPANSIONS)}
        posts |= {"expansions": _join(POST_EXPANSIONS)}
    else:
        users |= {"expansions": "most_recent_post_id,pinned_post_id"}
        posts |= {
            "expansions": "author_id,attachments.media_keys,edit_history_post_ids,entities.mentions.username,"
            "in_reply_to_user_id,referenced_posts,username"
        }
    of_account = f"/2/users/{account.platform_id}"
    return {
        "/2/users": ("/2/users", users | {"ids": f"{account.platform_id},{suspended.platform_id},99"}),
        "/2/users/by": ("/2/users/by", users | {"usernames": f"{account.handle},{SUSPENDED},nobody"}),
        "/2/users/by/username/{username}": (f"/2/users/by/username/{account.handle}", users),
        "/2/users/{id}": (of_account, users),
        "/2/users/{id}/tweets": (f"{of_account}/tweets", posts | {"max_results": "5"}),
        "/2/users/{id}/mentions": (f"{of_account}/mentions", posts | {"max_results": "5"}),
        "/2/users/{id}/followers": (f"{of_account}/followers", users | {"max_results": "20"}),
        "/2/users/{id}/following": (f"{of_account}/following", users),
        "/2/tweets": ("/2/tweets", posts | {"ids": ",".join([*some, *gone[:5], *theirs])}),
        "/2/tweets/{id}": (f"/2/tweets/{some[0]}", posts),
        "/2/tweets/search/recent": ("/2/tweets/search/recent", posts | {"query": "is:reply", "max_results": "100"}),
        "/2/tweets/search/all": (
            "/2/tweets/search/all",
            posts | {"query": "is:reply OR is:quote OR is:retweet OR has:media", "max_results": "500"} | START,
        ),
    }


def _join(names: Any) -> str:
    return ",".join(sorted(names))


PATHS = (
    "/2/users",
    "/2/users/by",
    "/2/users/by/username/{username}",
    "/2/users/{id}",
    "/2/users/{id}/tweets",
    "/2/users/{id}/mentions",
    "/2/users/{id}/followers",
    "/2/users/{id}/following",
    "/2/tweets",
    "/2/tweets/{id}",
    "/2/tweets/search/recent",
    "/2/tweets/search/all",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ["tweet", "post"])
def test_an_answer_is_as_x_describes_it(
    place: Place, place_of_posts: Place, shared: Path, name: str, path: str
) -> None:
    served = place if name == "tweet" else place_of_posts
    openapi = document(shared, name)
    schema = response_schema(openapi, path)
    asked, query = requests_of(served)[path]
    answer = served.x(asked, **query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body.get("data")
    errors = Draft202012Validator(schema | {"components": openapi["components"]}).iter_errors(body)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []
    assert unnamed_keys(openapi, schema, body) == set()


def test_a_key_that_x_does_not_name_would_be_noticed(shared: Path) -> None:
    openapi = document(shared, "tweet")
    body = {"data": [{"id": "1", "text": "", "mood": "glad", "public_metrics": {"smiles": 1}}]}
    schema = response_schema(openapi, "/2/tweets")
    assert unnamed_keys(openapi, schema, body) == {".data[].mood", ".data[].public_metrics.smiles"}


def parameters(openapi: Schema, path: str) -> dict[str, set[str] | None]:
    """The query parameters that X knows of a path, with their values where they are listed."""
    found: dict[str, set[str] | None] = {}
    for parameter in openapi["paths"][path]["get"]["parameters"]:
        if "$ref" in parameter:
            parameter = openapi["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
        if parameter["in"] == "query":
            values = parameter["schema"].get("items", {}).get("enum")
            found[parameter["name"]] = set(values) if values else None
    return found


@pytest.mark.parametrize("path", PATHS)
def test_each_path_takes_the_parameters_that_x_documents(place: Place, shared: Path, path: str) -> None:
    documented = parameters(document(shared, "tweet"), path)
    asked, _ = requests_of(place)[path]
    message = place.x(asked, nonsense="1").json()["errors"][0]["message"]
    assert set(message.partition("is not one of [")[2].rstrip("]").split(",")) == set(documented)


@pytest.mark.parametrize("name", ["tweet", "post"])
def test_every_field_and_expansion_that_x_documents_is_taken(
    place: Place, place_of_posts: Place, shared: Path, name: str
) -> None:
    served = place if name == "tweet" else place_of_posts
    path = "/2/tweets/search/all"
    for parameter, values in parameters(document(shared, name), path).items():
        if values and parameter != "sort_order":
            query = {"query": "a", "start_time": f"{EPOCH:%Y-%m-%dT%H:%M:%SZ}", parameter: ",".join(values)}
            assert served.x(path, **query).status_code == 200, parameter
