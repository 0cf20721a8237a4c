-- The moment of an act is the database's clock, where the statement that records it gives none.

ALTER TABLE zapfleet.audit ALTER COLUMN at SET DEFAULT clock_timestamp();
