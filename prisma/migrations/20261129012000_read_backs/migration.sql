-- How often the statuses of a message were read from Evolution, because no event reported its outcome.
ALTER TABLE zapfleet.reservations ADD COLUMN read_backs int NOT NULL DEFAULT 0;

-- The messages that may be read: few, since most outcomes are reported.
CREATE INDEX reservations_without_outcome_idx ON zapfleet.reservations (reserved_at)
  WHERE message_id IS NOT NULL AND outcome IS NULL AND read_backs < 3;
