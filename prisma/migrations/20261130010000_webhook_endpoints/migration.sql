-- Addresses of programs to which the leading scheduler posts events. There is no row for each delivery: an endpoint has one
-- position in each of the two streams, which moves on when the receiver has accepted an event.
CREATE TABLE zapfleet.webhook_endpoints (
  name                text PRIMARY KEY,
  -- New for each create: a delivery that began before a delete changes nothing of an endpoint that got the name afterwards.
  id                  uuid NOT NULL,
  url                 text NOT NULL,
  -- 'message', 'outcome', 'instance'. Rows of zapfleet.message_changes of kind 'outcome' are written only while an endpoint that is
  -- not disabled has 'outcome' here.
  events              text[] NOT NULL,
  -- v1.<key id>.<iv>.<tag and data>, see ground/seal.ts.
  sealed_secret       text NOT NULL,
  created_at          timestamptz NOT NULL,
  -- The last event of zapfleet.events and the last row of zapfleet.message_changes that are done.
  event_id            bigint NOT NULL,
  change_xid          bigint NOT NULL,
  change_seq          bigint NOT NULL,
  -- The last attempt, also that of a test; the error holds no secret.
  last_delivery_at    timestamptz,
  last_delivery_ok    boolean,
  last_delivery_error text,
  -- Attempts in a row that failed, and when the first of them was. The next one is not before retry_at.
  failures            integer NOT NULL DEFAULT 0,
  failing_since       timestamptz,
  retry_at            timestamptz,
  -- Events that were skipped since the last success.
  skipped             integer NOT NULL DEFAULT 0,
  -- The receiver answered 410: nothing is sent to it any more.
  disabled_at         timestamptz
);
