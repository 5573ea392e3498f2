"""The questions that a report asks of the published copy: one function, one statement, plain rows back.

Times come back aware and in UTC. A window is (from, to), its end not included.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from reports.hours import Stretch

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One row, its columns as attributes of ``values`` by name."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


class Published:
    """A published copy, open for reading."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection.cursor()
        self._connection.execute("SET TimeZone = 'UTC'")

    def ask(self, statement: str, **values: object) -> list[Row]:
        """The rows of ``statement``, whose ``$name`` parameters are ``values``."""
        result = self._connection.execute(statement, values or None)
        names = [column[0] for column in result.description or ()]
        return [Row(dict(zip(names, row, strict=True))) for row in result.fetchall()]


def data_at(published: Published, until: datetime) -> datetime | None:
    """When the newest check ended, of those that ended by ``until``."""
    newest = published.ask("SELECT max(finished_at) AS at FROM coverage WHERE finished_at <= $until", until=until)
    moment: datetime | None = newest[0].at
    return moment


def latest_checks(published: Published, until: datetime) -> list[Row]:
    """How the newest check of each kind of each account ended by ``until``, and how far it saw when it did well.

    Checks of posts are all there; of the other kinds only those that did not end well or did not see everything.
    """
    return published.ask(
        """
        WITH newest AS (
            SELECT account_id, "check", max(finished_at) AS finished_at,
                max(covers_to) FILTER (outcome = 'ok') AS vouched_to,
                min(started_at) FILTER (outcome <> 'ok') AS failing_since
            FROM coverage WHERE finished_at <= $until GROUP BY account_id, "check"
        )
        SELECT c.account_id, c."check", outcome, completeness, error, todo,
            CASE WHEN outcome <> 'ok' THEN vouched_to END AS vouched_to,
            CASE WHEN outcome <> 'ok' THEN failing_since END AS failing_since
        FROM coverage c JOIN newest n USING (account_id, "check", finished_at)
        WHERE "check" = 'posts' OR outcome <> 'ok' OR completeness <> 'full'
        QUALIFY row_number() OVER (PARTITION BY c.account_id, c."check" ORDER BY batch_id DESC, line DESC) = 1
        ORDER BY c.account_id, c."check"
        """,
        until=until,
    )


def seen_stretches(published: Published, window: Stretch, account_id: str | None = None) -> dict[str, list[Stretch]]:
    """By account (all, or the one that is given), the time in ``window`` that its posts checks vouch for, merged.

    A check opens a stretch where none before it reached so far; the stretch ends where the next one opens.
    """
    rows = published.ask(
        """
        WITH vouched AS (
            SELECT account_id, greatest(coalesce(covers_from, $long_ago), $start) AS a, least(covers_to, $end) AS b
            FROM coverage
            WHERE "check" = 'posts' AND outcome = 'ok' AND account_id = coalesce($account_id, account_id)
                AND covers_to > $start AND coalesce(covers_from, $long_ago) < $end
        ), reaching AS (
            SELECT *, max(b) OVER before AS reached FROM vouched
            WINDOW before AS (PARTITION BY account_id ORDER BY a, b ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ), last AS (
            SELECT account_id, max(b) AS b FROM vouched GROUP BY account_id
        )
        SELECT account_id, a, coalesce(lead(reached) OVER (PARTITION BY account_id ORDER BY a), last.b) AS b
        FROM reaching JOIN last USING (account_id) WHERE reached IS NULL OR a > reached
        ORDER BY account_id, a
        """,
        long_ago=_LONG_AGO,
        start=window[0],
        end=window[1],
        account_id=account_id,
    )
    stretches: dict[str, list[Stretch]] = {}
    for row in rows:
        stretches.setdefault(row.account_id, []).append((row.a, row.b))
    return stretches


def archived(published: Published, window: Stretch) -> Row:
    """Posts of registered accounts, comments and archived pictures: all, and those of posts made in ``window``."""
    return published.ask(
        """
        WITH new_post AS (
            SELECT record_id, media_ids FROM post_version
            WHERE account_id IS NOT NULL AND created_at >= $start AND created_at < $end
        ), shown AS (
            SELECT DISTINCT unnest(media_ids) AS media_id FROM new_post
        )
        SELECT * FROM (
            SELECT count(*) FILTER (kind = 'post' AND account_id IS NOT NULL) AS posts,
                count(*) FILTER (kind = 'comment') AS comments
            FROM record_current
        ), (
            SELECT count(DISTINCT record_id) AS posts_in_week FROM new_post
        ), (
            SELECT count(DISTINCT record_id) AS comments_in_week FROM comment_version
            WHERE created_at >= $start AND created_at < $end
        ), (
            SELECT count(DISTINCT media_id) AS images FROM media_file WHERE sha256 IS NOT NULL
        ), (
            SELECT count(DISTINCT media_id) AS images_in_week FROM media_file SEMI JOIN shown USING (media_id)
            WHERE sha256 IS NOT NULL
        )
        """,
        start=window[0],
        end=window[1],
    )[0]


def observations(published: Published, window: Stretch) -> list[Row]:
    """The observations made in ``window`` with their newest judgement and what they are about.

    A record is seen after it was made, so none that matters was seen last before the oldest of them was posted.
    """
    oldest = published.ask(
        """
        SELECT min(coalesce(posted_at, $long_ago)) AS at FROM observation
        WHERE observed_at >= $start AND observed_at < $end AND record_id IS NOT NULL
        """,
        long_ago=_LONG_AGO,
        start=window[0],
        end=window[1],
    )[0].at
    return published.ask(
        """
        WITH seen AS (
            SELECT * FROM observation WHERE observed_at >= $start AND observed_at < $end
        ), shown AS (
            SELECT record_id, content FROM record_current SEMI JOIN seen USING (record_id)
            WHERE last_seen_at >= $oldest
        ), told AS (
            SELECT s.record_id, v.text, v.permalink FROM shown s JOIN post_version v USING (content)
            WHERE v.created_at >= $oldest
            UNION ALL
            SELECT s.record_id, v.text, v.permalink FROM shown s JOIN comment_version v USING (content)
            WHERE v.created_at >= $oldest
        )
        SELECT o.*, j.outcome, j.basis, j.judged_at, t.text, t.permalink,
            r.direction, r.kind AS relationship_kind, r.handle_key, r.name, r.minimised,
            r.first_seen_at AS related_since
        FROM seen o
        LEFT JOIN judgement_current j ON j.observation_id = o.observation_id
        LEFT JOIN told t ON t.record_id = o.record_id
        LEFT JOIN (
            SELECT * FROM relationship t
            SEMI JOIN seen s ON s.account_id = t.account_id AND s.subject = t.counterpart_key
            QUALIFY row_number() OVER (PARTITION BY account_id, counterpart_key ORDER BY direction DESC, kind) = 1
        ) r ON o.record_id IS NULL AND r.account_id = o.account_id AND r.counterpart_key = o.subject
        ORDER BY o.strong DESC, o.confidence DESC, o.posted_at DESC NULLS LAST, o.observation_id
        """,
        start=window[0],
        end=window[1],
        oldest=_day_before(oldest),
    )


def waiting(published: Published, before: datetime, settled: Collection[str] = ()) -> list[Row]:
    """By clause, the observations made before ``before`` that neither a permission, nor time, nor a person (those in
    ``settled``) has settled."""
    return published.ask(
        """
        SELECT o.clause, count(*) AS count, min(o.observed_at) AS oldest
        FROM observation o LEFT JOIN judgement_current j ON j.observation_id = o.observation_id
        WHERE o.observed_at < $before AND coalesce(j.outcome, '') NOT IN ('permitted', 'withdrawn')
            AND o.observation_id NOT IN (SELECT unnest($settled::VARCHAR[]))
        GROUP BY o.clause ORDER BY o.clause
        """,
        before=before,
        settled=list(settled),
    )


def unseen_images(published: Published, fetched: Stretch) -> list[Row]:
    """Pictures that could not be fetched or decoded, of those asked for in ``fetched``, its end included.

    Where they are shown is looked for in what was seen since the first of them was.
    """
    unseen = published.ask(
        """
        WITH undecodable AS (
            SELECT media_sha256, any_value(detail) AS detail FROM image_verdict
            WHERE outcome = 'undecodable' GROUP BY media_sha256
        ), suspect AS (
            SELECT media_id FROM media_file f LEFT JOIN undecodable u ON u.media_sha256 = f.sha256
            WHERE f.fetched_at >= $start AND f.fetched_at <= $end AND (f.sha256 IS NULL OR u.media_sha256 IS NOT NULL)
        ), newest AS (
            SELECT * FROM media_file SEMI JOIN suspect USING (media_id)
            QUALIFY row_number() OVER (
                PARTITION BY media_id ORDER BY sha256 IS NULL, fetched_at DESC, batch_id, line
            ) = 1
        )
        SELECT f.media_id, f.sha256 IS NOT NULL AS fetched, coalesce(f.error, u.detail, '') AS reason,
            i.account_id, coalesce(i.first_seen_at, $long_ago) AS first_seen_at
        FROM newest f
        LEFT JOIN undecodable u ON u.media_sha256 = f.sha256
        LEFT JOIN media_item i ON i.record_id = f.media_id
        WHERE (f.sha256 IS NULL OR u.media_sha256 IS NOT NULL) AND f.fetched_at >= $start AND f.fetched_at <= $end
        """,
        long_ago=_LONG_AGO,
        start=fetched[0],
        end=fetched[1],
    )
    if not unseen:
        return []
    names = ("media_id", "fetched", "reason", "account_id")
    return published.ask(
        """
        WITH unseen AS (
            SELECT unnest($media_id) AS media_id, unnest($fetched) AS fetched, unnest($reason) AS reason,
                unnest($account_id::VARCHAR[]) AS account_id
        ), told AS (
            SELECT record_id, account_id, created_at, permalink, media_ids FROM post_version
            WHERE last_seen_at >= $since
            UNION ALL
            SELECT record_id, NULL, created_at, permalink, media_ids FROM comment_version WHERE last_seen_at >= $since
        ), shown AS (
            SELECT record_id, max(account_id) AS account_id, min(created_at) AS posted_at,
                max(permalink) AS permalink, media_id
            FROM (
                SELECT * EXCLUDE (media_ids), unnest(media_ids) AS media_id FROM told
                WHERE list_has_any(media_ids, $media_id)
            ) SEMI JOIN unseen USING (media_id)
            GROUP BY record_id, media_id
        )
        SELECT coalesce(s.account_id, x.account_id) AS account_id, coalesce(s.record_id, x.media_id) AS record_id,
            s.posted_at, s.permalink, x.reason, x.fetched
        FROM unseen x LEFT JOIN shown s ON s.media_id = x.media_id
        ORDER BY posted_at DESC NULLS LAST, record_id
        """,
        since=min(row.first_seen_at for row in unseen),
        **{name: [row.values[name] for row in unseen] for name in names},
    )


def images_waiting(published: Published) -> int:
    """Archived pictures that no detector has given a verdict on."""
    return int(
        published.ask(
            """
            SELECT count(DISTINCT sha256) AS n FROM media_file f
            ANTI JOIN image_verdict v ON v.media_sha256 = f.sha256 WHERE sha256 IS NOT NULL
            """
        )[0].n
    )


def videos(published: Published, window: Stretch) -> int:
    """Videos in posts that were made in ``window``."""
    return int(
        published.ask(
            """
            WITH shown AS (
                SELECT DISTINCT unnest(media_ids) AS record_id FROM post_version
                WHERE created_at >= $start AND created_at < $end
            )
            SELECT count(*) AS n FROM media_item SEMI JOIN shown USING (record_id) WHERE contains(kind, 'video')
            """,
            start=window[0],
            end=window[1],
        )[0].n
    )


def detectors(published: Published) -> tuple[str, ...]:
    """The versions of the logo detector that have looked at pictures, the oldest first."""
    rows = published.ask("SELECT DISTINCT detector FROM image_verdict ORDER BY length(detector), detector")
    return tuple(row.detector for row in rows)


def edits(published: Published, window: Stretch) -> list[Row]:
    """Posts and comments whose change of words came to be known in ``window``, the newest first.

    X gives each edit a greater id, so its versions stand in order however late one is found; a version of
    Facebook's is known by its digest alone and stands where it was first seen. All versions of a record are
    dated within a day of each other (X allows an hour for edits, Facebook keeps the first date).
    """
    oldest = published.ask(
        """
        SELECT min(created_at) AS at FROM (
            SELECT created_at FROM post_version WHERE first_seen_at >= $start AND first_seen_at < $end
            UNION ALL SELECT created_at FROM comment_version WHERE first_seen_at >= $start AND first_seen_at < $end
        )
        """,
        start=window[0],
        end=window[1],
    )[0].at
    return published.ask(
        """
        WITH newly_seen AS (
            SELECT record_id FROM post_version WHERE first_seen_at >= $start AND first_seen_at < $end
            UNION ALL SELECT record_id FROM comment_version WHERE first_seen_at >= $start AND first_seen_at < $end
        ), told AS (
            SELECT record_id, 'post' AS kind, platform, account_id, NULL AS post_id, version_id, text, permalink,
                created_at, first_seen_at
            FROM post_version WHERE created_at >= $oldest
            UNION ALL
            SELECT record_id, 'comment', platform, NULL, post_id, version_id, text, permalink, created_at, first_seen_at
            FROM comment_version WHERE created_at >= $oldest
        ), version AS (
            SELECT record_id, kind, platform, version_id, max(account_id) AS account_id, max(post_id) AS post_id,
                arg_min(text, first_seen_at) AS text, max(permalink) AS permalink, min(created_at) AS created_at,
                min(first_seen_at) AS first_seen_at
            FROM told SEMI JOIN newly_seen USING (record_id) GROUP BY ALL
        ), edit AS (
            SELECT *, min(created_at) OVER (PARTITION BY record_id) AS posted_at, lag(text) OVER versions AS before,
                greatest(first_seen_at, lag(first_seen_at) OVER versions) AS found_at
            FROM version
            WINDOW versions AS (
                PARTITION BY record_id
                ORDER BY CASE WHEN platform <> 'x' THEN first_seen_at END, length(version_id), version_id
            )
        )
        SELECT e.kind, e.found_at, e.posted_at, e.before, e.text, e.permalink,
            coalesce(e.account_id, p.account_id) AS of_account
        FROM edit e LEFT JOIN (
            SELECT record_id, account_id FROM record_current
            SEMI JOIN (SELECT post_id AS record_id FROM edit) USING (record_id)
        ) p ON p.record_id = e.post_id
        WHERE e.found_at >= $start AND e.found_at < $end AND e.before <> e.text
        ORDER BY e.found_at DESC, e.posted_at DESC, e.record_id, length(e.version_id), e.version_id
        """,
        start=window[0],
        end=window[1],
        oldest=_day_before(oldest),
    )


def removals(published: Published, window: Stretch) -> list[Row]:
    """Posts and comments that were found gone in ``window``."""
    return published.ask(
        """
        WITH gone AS (
            SELECT * FROM record_current
            WHERE kind IN ('post', 'comment') AND state <> 'present' AND gone_at >= $start AND gone_at < $end
        ), told AS (
            SELECT content, text, created_at, NULL AS post_id FROM post_version SEMI JOIN gone USING (content)
            UNION ALL
            SELECT content, text, created_at, post_id FROM comment_version SEMI JOIN gone USING (content)
        ), parent AS (
            SELECT record_id, account_id FROM record_current
            SEMI JOIN (SELECT post_id AS record_id FROM told) USING (record_id)
        )
        SELECT g.record_id, g.kind, g.state, g.gone_at, t.text, t.created_at AS posted_at,
            coalesce(parent.account_id, g.account_id) AS account_id
        FROM gone g
        LEFT JOIN told t USING (content)
        LEFT JOIN parent ON parent.record_id = t.post_id
        ORDER BY g.gone_at DESC, posted_at DESC, g.record_id
        """,
        start=window[0],
        end=window[1],
    )


def new_relationships(published: Published, window: Stretch, direction: str) -> list[Row]:
    """Relationships of one direction that were first seen in ``window``: their keys only."""
    return published.ask(
        """
        SELECT platform, counterpart_key, handle_key FROM relationship
        WHERE direction = $direction AND first_seen_at >= $start AND first_seen_at < $end
        """,
        direction=direction,
        start=window[0],
        end=window[1],
    )


def posted_by_week(published: Published, starts: Sequence[datetime]) -> list[Row]:
    """Posts of registered accounts, comments and logo uses by week of publication.

    ``starts`` are the beginnings of the weeks and, last, the end of the last one. Rows have ``n`` (the
    week's index), ``posts``, ``comments``, ``to_look_at`` and ``covered``.
    """
    return published.ask(
        """
        WITH week AS (
            SELECT generate_subscripts($starts, 1) - 1 AS n, unnest($starts) AS a, unnest($starts[2:]) AS b
        ), told AS (
            SELECT created_at AS at, 'posts' AS what, record_id AS id FROM post_version WHERE account_id IS NOT NULL
            UNION ALL SELECT created_at, 'comments', record_id FROM comment_version
            UNION ALL
            SELECT o.posted_at, CASE j.outcome WHEN 'permitted' THEN 'covered' ELSE 'to_look_at' END, observation_id
            FROM observation o LEFT JOIN judgement_current j USING (observation_id)
        ), within_weeks AS (
            SELECT DISTINCT n, what, id FROM week JOIN told ON told.at >= week.a AND told.at < week.b
            WHERE told.at >= $starts[1] AND told.at < $starts[-1]
        )
        SELECT n, count(*) FILTER (what = 'posts') AS posts, count(*) FILTER (what = 'comments') AS comments,
            count(*) FILTER (what = 'to_look_at') AS to_look_at, count(*) FILTER (what = 'covered') AS covered
        FROM within_weeks GROUP BY n ORDER BY n
        """,
        starts=list(starts),
    )


def _day_before(moment: datetime | None) -> datetime:
    """All versions of a record are dated within a day of each other (X allows an hour for edits)."""
    return (moment or _LONG_AGO) - timedelta(days=1)
