-- What needs a person, to whom it is told, and the notices that tell it.
CREATE TABLE zapfleet.alerts (
  -- Version 7: ids grow with time.
  id         uuid PRIMARY KEY,
  -- A name of alert/rules.ts.
  rule       text NOT NULL,
  -- 'info', 'warning' or 'critical'.
  severity   text NOT NULL,
  -- The name of an instance, of a webhook endpoint or of a route; 'fleet'; or 'evolution'.
  subject    text NOT NULL,
  -- The alert that explains this one. While it is set, this one is stored and makes no notice.
  cause      uuid,
  -- What the texts need: moments, counts, names of instances. No phone, and nothing of a person.
  facts      jsonb NOT NULL,
  opened_at  timestamptz NOT NULL,
  closed_at  timestamptz,
  -- Since when the subject reads well; null: it does not. The alert is closed when it reads well for long enough.
  seen_ok_at timestamptz
);
-- One open alert of a rule about a subject: of two evaluations at once, one opens it.
CREATE UNIQUE INDEX alerts_open_idx ON zapfleet.alerts (rule, subject) WHERE closed_at IS NULL;
CREATE INDEX alerts_opened_at_idx ON zapfleet.alerts (opened_at DESC, id DESC);

-- The last evaluation of the rules. One row.
CREATE TABLE zapfleet.alert_evaluation (
  single  boolean PRIMARY KEY DEFAULT true CHECK (single),
  -- Grows with each evaluation. One stores its result only while this is what it read, so that an evaluation of a process that
  -- was stopped for a while, or no longer leads, changes nothing.
  version bigint NOT NULL DEFAULT 0,
  at      timestamptz,
  -- Findings that do not hold for long enough yet: [{"rule", "subject", "since"}].
  pending jsonb NOT NULL DEFAULT '[]'
);
INSERT INTO zapfleet.alert_evaluation DEFAULT VALUES;

CREATE TABLE zapfleet.alert_routes (
  name                text PRIMARY KEY,
  -- 'slack', 'telegram', 'webhook' or 'email'.
  kind                text NOT NULL,
  -- What may be shown of the address: the host of a URL, the chat, the recipients.
  address             jsonb NOT NULL,
  -- The rest of the address as JSON, sealed: v1.<key id>.<iv>.<tag and data>, see ground/seal.ts. Null: nothing of it is secret.
  sealed              text,
  min_severity        text NOT NULL DEFAULT 'warning',
  -- 'HH:MM' in the time zone of the fleet; both null: none.
  quiet_from          text,
  quiet_to            text,
  -- 'en' or 'pt-BR'.
  language            text NOT NULL DEFAULT 'en',
  created_at          timestamptz NOT NULL,
  -- The last attempt, also that of a test; the error holds no secret.
  last_delivery_at    timestamptz,
  last_delivery_ok    boolean,
  last_delivery_error text
);

-- One message to one route about the alerts of one evaluation.
CREATE TABLE zapfleet.alert_notices (
  -- Version 7. The same in every repetition: receivers recognise a repetition by it.
  id         uuid PRIMARY KEY,
  route      text NOT NULL,
  -- 'opened', 'closed', 'wave', 'digest' or 'test'.
  kind       text NOT NULL,
  alert_ids  uuid[] NOT NULL,
  created_at timestamptz NOT NULL,
  -- Not sent before this moment: the end of quiet hours, or the next attempt.
  not_before timestamptz NOT NULL,
  tries      integer NOT NULL DEFAULT 0,
  sent_at    timestamptz,
  gave_up_at timestamptz,
  error      text
);
-- Those to send.
CREATE INDEX alert_notices_due_idx ON zapfleet.alert_notices (route, not_before) WHERE sent_at IS NULL AND gave_up_at IS NULL;
CREATE INDEX alert_notices_created_at_idx ON zapfleet.alert_notices (created_at);
-- The notices of an alert.
CREATE INDEX alert_notices_alert_ids_idx ON zapfleet.alert_notices USING gin (alert_ids);
