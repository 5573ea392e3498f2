-- Which files staff handed in, and what they say that these are.

CREATE TABLE deposit (
    sha256 VARCHAR, size BIGINT, name VARCHAR, note VARCHAR, "by" VARCHAR, "at" TIMESTAMPTZ,
    content UUID, first_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);
