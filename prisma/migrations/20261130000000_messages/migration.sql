-- Messages that zapfleet itself sends. Without CHECK constraints: PostgreSQL reads the text of each one anew in every statement that inserts.
CREATE TABLE zapfleet.messages (
  -- Version 7: ids grow with time.
  id              uuid PRIMARY KEY,
  -- The recipient as the caller wrote it; it is never rewritten.
  recipient       text NOT NULL,
  -- The contact's key, and the contact as the caller wrote it where that is not its key.
  contact_id      text NOT NULL,
  contact_as      text,
  pool            text,
  -- {"text"} or {"media"}; null as soon as the message was sent or has ended.
  content         jsonb,
  content_bytes   integer NOT NULL,
  -- {"strategy", "fallback", "exclude", "failover", "validForS"}, with defaults.
  options         jsonb NOT NULL,
  -- queued, sending, sent, delivered, read, failed, expired, canceled or unknown.
  state           text NOT NULL,
  -- The family of the key that sent it.
  owner           text,
  idempotency_key text,
  input_hash      text,
  created_at      timestamptz NOT NULL,
  -- Not sent before this moment; `scheduled`: the caller named it.
  due_at          timestamptz NOT NULL,
  scheduled       boolean NOT NULL DEFAULT false,
  -- Not sent after this moment.
  valid_until     timestamptz NOT NULL,
  -- The seat of the attempt in flight, or of the last one.
  reservation_id  uuid,
  instance_name   varchar(50),
  kind            text,
  sending_at      timestamptz,
  -- [{"instanceName", "at", "result"}], the last 20.
  attempts        jsonb NOT NULL DEFAULT '[]',
  -- How often a seat was taken; a part of the seat's idempotency key.
  tries           integer NOT NULL DEFAULT 0,
  -- Evolution's id (key.id).
  message_id      text,
  sent_at         timestamptz,
  delivered_at    timestamptz,
  read_at         timestamptz,
  ended_at        timestamptz,
  error           text
);
CREATE UNIQUE INDEX messages_idempotency_key_idx ON zapfleet.messages (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX messages_reservation_id_idx ON zapfleet.messages (reservation_id) WHERE reservation_id IS NOT NULL;
-- The messages of a contact that have not ended, in their order.
CREATE INDEX messages_unfinished_idx ON zapfleet.messages (contact_id, due_at, id) WHERE state IN ('queued', 'sending');
CREATE INDEX messages_valid_until_idx ON zapfleet.messages (valid_until) WHERE state = 'queued';
CREATE INDEX messages_sending_at_idx ON zapfleet.messages (sending_at) WHERE state = 'sending';
-- Lists, newest first.
CREATE INDEX messages_contact_id_idx ON zapfleet.messages (contact_id, id);
CREATE INDEX messages_instance_name_idx ON zapfleet.messages (instance_name, id) WHERE instance_name IS NOT NULL;
CREATE INDEX messages_problem_idx ON zapfleet.messages (state, id) WHERE state IN ('failed', 'expired', 'canceled', 'unknown');

-- The queue: one row for each contact with messages that have not ended. Its holder alone works on them, one after the other.
CREATE TABLE zapfleet.message_lanes (
  contact_id text PRIMARY KEY,
  pool       text NOT NULL DEFAULT '',
  -- When the first message is due.
  due_at     timestamptz NOT NULL,
  -- When a sender may take it; while one holds it, the end of its lease.
  retry_at   timestamptz NOT NULL,
  holder     text,
  -- Grows with each message that is added, so that a lane that was empty is removed only where nothing was added meanwhile.
  version    integer NOT NULL DEFAULT 0
);
CREATE INDEX message_lanes_retry_at_idx ON zapfleet.message_lanes (pool, retry_at);

-- Changes of messages and of outcomes, for streams and webhooks. Rows become visible in any order: readers stop at the first transaction
-- that has not ended (xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint) and read by (xid, seq).
CREATE TABLE zapfleet.message_changes (
  xid            bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  seq            bigint GENERATED ALWAYS AS IDENTITY,
  -- 'message' or 'outcome'.
  kind           text NOT NULL,
  message_id     uuid,
  reservation_id uuid,
  -- The state or the outcome that was reached.
  state          text NOT NULL,
  at             timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (xid, seq)
);
CREATE INDEX message_changes_at_idx ON zapfleet.message_changes USING brin (at);
