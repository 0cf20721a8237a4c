-- Where the removal of old rows goes on: one row for each walk along a primary key.
CREATE TABLE zapfleet.prune_cursors (
  name  text PRIMARY KEY,
  -- The last key that was read. NULL: the walk begins at the start of the keys.
  after text
);

-- Nothing else reads these. Space that removed rows leave is used again, so after some weeks each block range of these indexes
-- covers all ages, and a search by them reads the whole table.
DROP INDEX zapfleet.reservations_reserved_at_idx;
DROP INDEX zapfleet.events_at_idx;
DROP INDEX zapfleet.audit_at_idx;
DROP INDEX zapfleet.hourly_sends_hour_idx;
DROP INDEX zapfleet.job_runs_started_at_idx;

-- The defaults (a fifth of the table) let millions of removed rows pile up: with 35 million reservations, a week of them.
ALTER TABLE zapfleet.reservations SET (
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE zapfleet.events SET (
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE zapfleet.hourly_sends SET (
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE zapfleet.audit SET (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE zapfleet.job_runs SET (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05);
