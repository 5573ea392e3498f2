"""X's two dialects: ``tweet`` up to OpenAPI 2.166 (6 July 2026) and ``post`` from 2.167 (22 August 2026).

Inside, the sandbox speaks ``tweet``; names are changed at the door. Whether X still takes the old parameter names
after the change is not known: with ``post`` both are taken here, and the answer is in the new dialect. Before the
change X did not know the new names, so with ``tweet`` they are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


POST_FIELDS = _names(
    """
    article attachments author_id card_uri community_id context_annotations conversation_id created_at
    display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang
    matched_media_notes media_metadata non_public_metrics note_request_suggestions note_tweet organic_metrics
    paid_partnership possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings
    scopes source suggested_source_links suggested_source_links_with_counts text withheld
    """
)
USER_FIELDS = _names(
    """
    affiliation confirmed_email connection_status created_at description entities id is_identity_verified
    location most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected
    public_metrics receives_your_dm subscription subscription_type url username verified
    verified_followers_count verified_type withheld
    """
)
MEDIA_FIELDS = _names(
    """
    alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url
    promoted_metrics public_metrics type url variants width
    """
)
POLL_FIELDS = _names(
    """
    duration_minutes end_datetime id options voting_status
    """
)
PLACE_FIELDS = _names(
    """
    contained_within country country_code full_name geo id name place_type
    """
)
POST_EXPANSIONS = _names(
    """
    article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet
    attachments.poll_ids author_id edit_history_tweet_ids entities.mentions.username geo.place_id
    in_reply_to_user_id entities.note.mentions.username referenced_tweets.id
    referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id
    """
)
USER_EXPANSIONS = _names(
    """
    affiliation.user_id most_recent_tweet_id pinned_tweet_id
    """
)

_FIELDS = {"tweet.fields": POST_FIELDS, "user.fields": USER_FIELDS, "media.fields": MEDIA_FIELDS}
_FIELDS |= {"poll.fields": POLL_FIELDS, "place.fields": PLACE_FIELDS}

_NEW_NAMES = {
    "tweet.fields": "post.fields",
    "tweets": "posts",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "most_recent_tweet_id": "most_recent_post_id",
    "pinned_tweet_id": "pinned_post_id",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
}
_OLD_NAMES = {new: old for old, new in _NEW_NAMES.items()}
_NEW_EXPANSIONS = {
    "referenced_posts": "referenced_tweets.id",
    "affiliation": "affiliation.user_id",
    "username": "author_id",
}
_NEW_ONLY = frozenset({"article_title", "subscribes_to_you", "username"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one dialect names things; ``host`` is where its problem types live, ``post`` its word for a post."""

    name: str
    host: str
    post: str
    _names: Mapping[str, str]

    def out(self, name: str) -> str:
        """The name that an answer uses for our name of a key."""
        return self._names.get(name, name)

    def understood(self, name: str) -> str:
        """Our name for what a request calls ``name``; in the new dialect both names are understood."""
        return _OLD_NAMES.get(name, name) if self._names else name

    def expansion(self, name: str) -> str:
        """Our name for what a request expands; the new dialect writes ``referenced_posts`` without ``.id``."""
        return _NEW_EXPANSIONS.get(name, self.understood(name)) if self._names else name

    def fields(self, parameter: str) -> frozenset[str]:
        """The values that our ``parameter`` (``tweet.fields``) may have, under our names."""
        return _FIELDS[parameter] | _NEW_ONLY if self._names else _FIELDS[parameter]

    def problem(self, kind: str) -> str:
        """The type of a problem, an URI."""
        return f"https://{self.host}/2/problems/{kind}"


_DIALECTS = {
    "tweet": Dialect("tweet", "api.twitter.com", "tweet", {}),
    "post": Dialect("post", "api.x.com", "post", _NEW_NAMES),
}


def dialect(name: str) -> Dialect:
    """The dialect of that name, ``tweet`` or ``post``."""
    return _DIALECTS[name]
