-- The same key, four times as quickly: `md5_number_lower` takes its bits by way of their text.
CREATE OR REPLACE MACRO record_key(id) AS (md5_number(id) >> 96)::UINTEGER;
