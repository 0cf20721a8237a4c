-- Instances that are deleted here and must still go from Evolution. Written before Evolution is asked and taken away when it
-- does not have the instance any more: whatever happens in between, the next round or the next call goes on from here.
CREATE TABLE zapfleet.removals (
  instance_name varchar(50) PRIMARY KEY,
  asked_at      timestamptz NOT NULL
);
