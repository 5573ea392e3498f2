-- Which weekly reports were made, and what each of them could know: the first of a week is the one that stays.

CREATE TABLE report (
    week VARCHAR, made_at TIMESTAMPTZ, data_at TIMESTAMPTZ, ledger_size BIGINT, ledger_root VARCHAR,
    model_sha256 VARCHAR,
    content UUID, first_seen_at TIMESTAMPTZ, batch_id VARCHAR, line BIGINT
);
