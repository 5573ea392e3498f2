-- Which lines and pictures were lawfully disposed of, and under which permission.

CREATE TABLE disposal (
    disposition_id VARCHAR, permission VARCHAR, permission_sha256 VARCHAR, "at" TIMESTAMPTZ,
    evidence_batch VARCHAR, evidence_line BIGINT, commitment VARCHAR, media_sha256 VARCHAR,
    content UUID, first_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);
