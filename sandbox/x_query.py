"""X's search query language, as much of it as a collector needs.

Operators: ``conversation_id:``, ``from:``, ``to:``, ``in_reply_to_tweet_id:``, ``is:reply|retweet|quote``,
``has:media|images|links|mentions|hashtags``, ``@name``, ``#tag``, keywords and quoted phrases; ``OR``, a space for
"and", ``-`` for "not", parentheses. "And" binds before ``OR``. Any other operator is refused, as X does.
See https://docs.x.com/x-api/posts/search/integrate/operators
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Searchable(Protocol):
    """What a query is asked of."""

    @property
    def text(self) -> str: ...
    @property
    def author_id(self) -> str: ...
    @property
    def author_handle(self) -> str: ...
    @property
    def conversation_id(self) -> str: ...
    @property
    def in_reply_to(self) -> str | None: ...
    @property
    def in_reply_to_handle(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def traits(self) -> frozenset[str]: ...


Test = Callable[[Searchable], bool]


class QueryError(ValueError):
    """The query cannot be used; the text is X's explanation."""


_TOKEN = re.compile(r'\s*(?:(?P<mark>[()])|(?P<minus>-)|"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+))')


def compile_query(text: str) -> Test:
    """A test of posts from a query.

    Raises
    ------
    QueryError : an unknown operator, unbalanced parentheses, nothing to look for, or only negations.
    """
    reader = _Reader(list(_tokens(text)))
    test = reader.alternatives()
    if reader.token is not None:
        raise QueryError(f"no viable alternative at input '{reader.token.text}' (at position {reader.token.at + 1})")
    if not reader.positive:
        raise QueryError("Rules must contain at least one positive, non-negated term (at position 1)")
    return test


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    found = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise QueryError(f"extraneous input '{text[at:].strip()[:1]}' (at position {at + 1})")
        found.append(_Token(match.lastgroup, match[match.lastgroup], at))
        at = match.end()
    return found


class _Reader:
    """Recursive descent over ``a b OR -c (d OR e)``."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self.positive = False

    @property
    def token(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def alternatives(self) -> Test:
        tests = [self._all()]
        while self.token is not None and self.token.text == "OR" and self.token.kind == "word":
            self._next += 1
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda post: any(test(post) for test in tests)

    def _all(self) -> Test:
        tests = []
        while self.token is not None and not self._ends(self.token):
            tests.append(self._term(negated=False))
        if not tests:
            raise QueryError("There were errors processing your request: missing a term (at position 1)")
        return tests[0] if len(tests) == 1 else lambda post: all(test(post) for test in tests)

    @staticmethod
    def _ends(token: _Token) -> bool:
        return (token.kind == "word" and token.text == "OR") or (token.kind == "mark" and token.text == ")")

    def _term(self, *, negated: bool) -> Test:
        token = self.token
        if token is None:
            raise QueryError("missing a term at the end of the query")
        self._next += 1
        if token.kind == "minus":
            test = self._term(negated=not negated)
            return lambda post: not test(post)
        if token.kind == "mark":
            return self._group(token)
        self.positive = self.positive or not negated
        return _phrase(token.text) if token.kind == "phrase" else _operator(token)

    def _group(self, opening: _Token) -> Test:
        if opening.text == ")":
            raise QueryError(f"extraneous input ')' (at position {opening.at + 1})")
        test = self.alternatives()
        if self.token is None or self.token.text != ")":
            raise QueryError(f"missing ')' for the '(' at position {opening.at + 1}")
        self._next += 1
        return test


def _phrase(text: str) -> Test:
    wanted = text.casefold()
    return lambda post: wanted in post.text.casefold()


def _operator(token: _Token) -> Test:
    name, colon, value = token.text.partition(":")
    if not colon:
        return _phrase(token.text)
    build = _OPERATORS.get(name)
    if build is None:
        raise QueryError(
            f"Reference to invalid operator '{name}'. Operator is not available in current product or product "
            f"packaging. Please refer to complete available operator list at "
            f"https://docs.x.com/x-api/posts/search/integrate/operators. (at position {token.at + 1})"
        )
    if not value:
        raise QueryError(f"no viable alternative at input '{token.text}' (at position {token.at + 1})")
    return build(value)


def _conversation(value: str) -> Test:
    return lambda post: post.conversation_id == value


def _author(value: str) -> Test:
    wanted = value.lstrip("@").casefold()
    return lambda post: wanted in (post.author_handle.casefold(), post.author_id)


def _addressee(value: str) -> Test:
    wanted = value.lstrip("@").casefold()
    return lambda post: post.in_reply_to_handle is not None and post.in_reply_to_handle.casefold() == wanted


def _answered(value: str) -> Test:
    return lambda post: post.in_reply_to == value


def _kind(value: str) -> Test:
    kinds = {"reply": "reply", "retweet": "repost", "quote": "quote"}
    if value not in kinds:
        raise QueryError(f"Invalid value '{value}' for operator is:")
    return lambda post: post.kind == kinds[value]


def _trait(value: str) -> Test:
    if value not in {"media", "images", "links", "mentions", "hashtags"}:
        raise QueryError(f"Invalid value '{value}' for operator has:")
    return lambda post: value in post.traits


_OPERATORS: dict[str, Callable[[str], Test]] = {
    "conversation_id": _conversation,
    "from": _author,
    "to": _addressee,
    "in_reply_to_tweet_id": _answered,
    "is": _kind,
    "has": _trait,
}
