-- Which parts have a row in record_current for a record of this key: filled where a year is sealed, with those of
-- the years before it too, so that one look into the newest sealed file is enough however many there are.
CREATE TABLE place (key UINTEGER, part VARCHAR);
