-- Who of several schedulers leads, and what their jobs did.

-- A lease is its holder's until it expires by the database's clock. A row, since advisory session locks do not outlive
-- the next statement behind a transaction pooler.
CREATE TABLE zapfleet.leases (
  name       text PRIMARY KEY,
  holder     text NOT NULL,
  expires_at timestamptz NOT NULL
);

-- One row for each run of a job, written when it begins: a run that its process did not survive is seen.
CREATE TABLE zapfleet.job_runs (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job        text NOT NULL,
  holder     text NOT NULL,
  started_at timestamptz NOT NULL,
  -- NULL while it runs, and for ever when nobody saw its end.
  took_ms    int,
  -- How many things it changed; what they are depends on the job.
  changed    int,
  -- Why it failed, for people.
  failed     text
);

CREATE INDEX job_runs_latest_idx ON zapfleet.job_runs (job, started_at DESC);
CREATE INDEX job_runs_started_at_idx ON zapfleet.job_runs USING brin (started_at);
-- The runs that have not ended: one a job at most, so that nobody searches two weeks of rows for it.
CREATE INDEX job_runs_open_idx ON zapfleet.job_runs (job) WHERE took_ms IS NULL AND failed IS NULL;
