-- Years that are over stand in sealed files of their own (warehouse/parts.py).

-- The sealed files that this file stands on.
CREATE TABLE sealed (year INTEGER, file VARCHAR);

-- Rows of sealed files that this file has copied and may have changed: by table, their `content`.
CREATE TABLE recalled (name VARCHAR, content UUID);

-- A number in place of a text of twenty letters: one record among ten million is found in a tenth of the time.
CREATE MACRO record_key(id) AS (md5_number_lower(id) >> 32)::UINTEGER;
ALTER TABLE record_current ADD COLUMN key UINTEGER;
UPDATE record_current SET key = record_key(record_id);

-- The version's id stands in its version; here it was a third of the table.
ALTER TABLE record_current DROP COLUMN version_id;

-- Zstandard for links; not for ids of versions, where DuckDB's own choice is smaller and read ten times as fast.
CREATE TABLE fresh_post (
    record_id VARCHAR, version_id VARCHAR, platform VARCHAR, account_id VARCHAR, author_id VARCHAR, kind VARCHAR,
    text VARCHAR, created_at TIMESTAMPTZ, conversation_id VARCHAR, in_reply_to VARCHAR,
    permalink VARCHAR USING COMPRESSION zstd, hidden BOOLEAN, media_ids VARCHAR[],
    content UUID, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);
INSERT INTO fresh_post BY NAME FROM post_version;
DROP TABLE post_version;
ALTER TABLE fresh_post RENAME TO post_version;

CREATE TABLE fresh_comment (
    record_id VARCHAR, version_id VARCHAR, platform VARCHAR, account_id VARCHAR, post_id VARCHAR, parent_id VARCHAR,
    author_id VARCHAR, author_handle VARCHAR, author_name VARCHAR, text VARCHAR, created_at TIMESTAMPTZ,
    permalink VARCHAR USING COMPRESSION zstd, hidden BOOLEAN, media_ids VARCHAR[],
    content UUID, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);
INSERT INTO fresh_comment BY NAME FROM comment_version;
DROP TABLE comment_version;
ALTER TABLE fresh_comment RENAME TO comment_version;

CREATE OR REPLACE VIEW post AS
    SELECT r.record_id, v.version_id, r.account_id, r.versions, r.state, r.first_seen_at, r.last_seen_at, r.gone_at,
           v.* EXCLUDE (record_id, version_id, account_id, first_seen_at, last_seen_at)
    FROM record_current r JOIN post_version v USING (record_id, content) WHERE r.kind = 'post';

CREATE OR REPLACE VIEW comment AS
    SELECT r.record_id, v.version_id, r.account_id, r.versions, r.state, r.first_seen_at, r.last_seen_at, r.gone_at,
           v.* EXCLUDE (record_id, version_id, account_id, first_seen_at, last_seen_at)
    FROM record_current r JOIN comment_version v USING (record_id, content) WHERE r.kind = 'comment';
