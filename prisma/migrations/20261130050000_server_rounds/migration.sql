-- Processes of the release before read and write health_round as one row while they are replaced, and after a return to that release. The
-- rounds of several servers have a table of their own.
ALTER TABLE zapfleet.health_round RENAME TO server_rounds;
ALTER TABLE zapfleet.server_rounds RENAME CONSTRAINT health_round_pkey TO server_rounds_pkey;

CREATE TABLE zapfleet.health_round (
  single      boolean PRIMARY KEY DEFAULT true CHECK (single),
  started_at  timestamptz NOT NULL,
  grace_until timestamptz
);
INSERT INTO zapfleet.health_round (started_at, grace_until)
SELECT started_at, grace_until FROM zapfleet.server_rounds WHERE server = 'default';
