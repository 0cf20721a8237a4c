-- The sweep reads the unknown messages of the last hour: an event may link their seats later.
CREATE INDEX messages_unknown_idx ON zapfleet.messages (sending_at) WHERE state = 'unknown';
