-- The archive. Every table is made from landing alone; no load-time clock is in any of them.
--
-- A record table has one row for each `content`: a 128-bit digest of what makes its record another one
-- (warehouse/tables.py says which fields). `batch_id` and `line` are the evidence of its first sighting.
-- There is no primary key and no index: measured, they slow loading by several times. The loader keeps
-- `content` unique, and tests hold it to that.

CREATE TABLE batch (
    batch_id VARCHAR, source VARCHAR, created_at TIMESTAMPTZ, records BIGINT, sha256 VARCHAR
);

CREATE TABLE envelope (
    batch_id VARCHAR, line BIGINT, kind VARCHAR, account_id VARCHAR, subject VARCHAR, url VARCHAR, status BIGINT,
    fetched_at TIMESTAMPTZ, sha256 VARCHAR, minimised BOOLEAN,
    body VARCHAR USING COMPRESSION zstd,  -- the verbatim text; where it is not UTF-8, NULL and body_b64 instead
    body_b64 VARCHAR
);

CREATE TABLE parse_problem (batch_id VARCHAR, line BIGINT, error VARCHAR);

CREATE TABLE post_version (
    record_id VARCHAR, version_id VARCHAR USING COMPRESSION zstd, platform VARCHAR, account_id VARCHAR, author_id VARCHAR, kind VARCHAR,
    text VARCHAR, created_at TIMESTAMPTZ, conversation_id VARCHAR, in_reply_to VARCHAR, permalink VARCHAR,
    hidden BOOLEAN, media_ids VARCHAR[],
    content UUID, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE comment_version (
    record_id VARCHAR, version_id VARCHAR USING COMPRESSION zstd, platform VARCHAR, account_id VARCHAR, post_id VARCHAR, parent_id VARCHAR,
    author_id VARCHAR, author_handle VARCHAR, author_name VARCHAR, text VARCHAR, created_at TIMESTAMPTZ,
    permalink VARCHAR, hidden BOOLEAN, media_ids VARCHAR[],
    content UUID, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE media_item (
    record_id VARCHAR, platform VARCHAR, account_id VARCHAR, kind VARCHAR, url VARCHAR, alt_text VARCHAR,
    width BIGINT, height BIGINT,
    content UUID, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE media_file (
    media_id VARCHAR, sha256 VARCHAR, size BIGINT, content_type VARCHAR, error VARCHAR,
    content UUID, fetched_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE profile_version (
    record_id VARCHAR, platform VARCHAR, account_id VARCHAR, handle VARCHAR, name VARCHAR, bio VARCHAR, url VARCHAR,
    content UUID, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE profile_count (
    record_id VARCHAR, followers BIGINT, following BIGINT,
    content UUID, "at" TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE relationship (
    account_id VARCHAR, platform VARCHAR, direction VARCHAR, kind VARCHAR, counterpart_key VARCHAR,
    handle_key VARCHAR, name VARCHAR, minimised BOOLEAN,
    content UUID, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE tombstone (
    record_id VARCHAR, gone VARCHAR, detail VARCHAR,
    content UUID, "at" TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE coverage (
    account_id VARCHAR, "check" VARCHAR, started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, outcome VARCHAR,
    completeness VARCHAR, seen BIGINT, covers_from TIMESTAMPTZ, covers_to TIMESTAMPTZ, error VARCHAR, todo VARCHAR,
    content UUID, first_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE observation (
    observation_id VARCHAR, rule VARCHAR, rule_version BIGINT, clause VARCHAR, account_id VARCHAR, record_id VARCHAR,
    subject VARCHAR, confidence DOUBLE, strong BOOLEAN, evidence_batch VARCHAR, evidence_line BIGINT,
    observed_at TIMESTAMPTZ, posted_at TIMESTAMPTZ, media_sha256 VARCHAR, box BIGINT[], details VARCHAR,
    content UUID, first_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE judgement (
    observation_id VARCHAR, outcome VARCHAR, grant_id VARCHAR, judged_at TIMESTAMPTZ, basis VARCHAR,
    content UUID, first_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE image_verdict (
    media_sha256 VARCHAR, detector VARCHAR, "references" VARCHAR, outcome VARCHAR, detail VARCHAR,
    content UUID, first_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

CREATE TABLE decision (
    event_id VARCHAR, "at" TIMESTAMPTZ, "by" VARCHAR, action VARCHAR, subject VARCHAR, reason VARCHAR, data VARCHAR,
    content UUID, first_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);

-- Materialised by the loader for the records that a load touches; `content` names the current version's row.
CREATE TABLE record_current (
    record_id VARCHAR, kind VARCHAR, account_id VARCHAR, version_id VARCHAR USING COMPRESSION zstd, content UUID, versions BIGINT,
    state VARCHAR, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, gone_at TIMESTAMPTZ
);

CREATE VIEW post AS
    SELECT r.record_id, r.version_id, r.account_id, r.versions, r.state, r.first_seen_at, r.last_seen_at, r.gone_at,
           v.* EXCLUDE (record_id, version_id, account_id, first_seen_at, last_seen_at)
    FROM record_current r JOIN post_version v USING (record_id, content) WHERE r.kind = 'post';

CREATE VIEW comment AS
    SELECT r.record_id, r.version_id, r.account_id, r.versions, r.state, r.first_seen_at, r.last_seen_at, r.gone_at,
           v.* EXCLUDE (record_id, version_id, account_id, first_seen_at, last_seen_at)
    FROM record_current r JOIN comment_version v USING (record_id, content) WHERE r.kind = 'comment';

CREATE VIEW profile AS
    SELECT r.record_id, r.account_id, r.versions, r.state, r.first_seen_at, r.last_seen_at, r.gone_at,
           v.* EXCLUDE (record_id, account_id, first_seen_at, last_seen_at)
    FROM record_current r JOIN profile_version v USING (record_id, content) WHERE r.kind = 'profile';

-- Which media any version of a post or comment shows, and where it stood first.
CREATE VIEW post_media AS
    SELECT record_id, media_id, min(position) AS position
    FROM (SELECT record_id, unnest(media_ids) AS media_id, generate_subscripts(media_ids, 1) - 1 AS position
          FROM (SELECT record_id, media_ids FROM post_version
                UNION ALL SELECT record_id, media_ids FROM comment_version))
    GROUP BY record_id, media_id;

CREATE VIEW judgement_current AS
    SELECT * FROM judgement
    QUALIFY row_number() OVER (PARTITION BY observation_id ORDER BY judged_at DESC, first_seen_at DESC, content) = 1;
