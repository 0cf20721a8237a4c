-- Who may call beside the two keys of the environment, and what admins did.

-- One row a key. The key itself is shown once, when it is made: here stands its SHA-256. It is 32 random bytes, so there is
-- nothing to guess and nothing that a slow hash or a salt would add.
CREATE TABLE zapfleet.api_keys (
  -- The public part of the key, by which people and logs name it.
  id           text PRIMARY KEY,
  digest       bytea NOT NULL,
  role         text NOT NULL CHECK (role IN ('bot', 'viewer', 'admin')),
  label        text NOT NULL,
  created_at   timestamptz NOT NULL,
  -- The label of the key that made it.
  created_by   text NOT NULL,
  -- NULL: it does not end by itself.
  expires_at   timestamptz,
  revoked_at   timestamptz,
  -- Some half a minute behind.
  last_used_at timestamptz,
  -- The key that this one took over from.
  replaces     text
);

-- One row for each act of an admin, written before the act and completed after it: what happened has a row, whatever
-- ended in between. No foreign key: the row outlives the key.
CREATE TABLE zapfleet.audit (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL,
  request_id text NOT NULL,
  key_id     text NOT NULL,
  key_label  text NOT NULL,
  -- Where the call came from, masked.
  address    text NOT NULL,
  act        text NOT NULL,
  -- The name of an instance, the id of a key, or a masked contact; NULL: the fleet as a whole.
  target     text,
  -- The settings of the target right before and after, without secrets; NULL: it was not there.
  before     jsonb,
  after      jsonb,
  -- 'done' or the code of an error; NULL while the act runs, and for ever where nobody saw its end.
  outcome    text,
  took_ms    int
);

CREATE INDEX audit_target_idx ON zapfleet.audit (target, id DESC);
CREATE INDEX audit_at_idx ON zapfleet.audit USING brin (at);
