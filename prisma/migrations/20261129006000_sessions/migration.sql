-- Sign-ins of the dashboard, one for each browser.

-- A session is 32 random bytes in a cookie; its SHA-256 is stored. A session ends with its row, and with its key. There is no
-- foreign key, because the keys of the environment have no row.
CREATE TABLE zapfleet.sessions (
  -- The public part of the session.
  id           text PRIMARY KEY,
  digest       bytea NOT NULL,
  -- The key that signed in: its id, and its SHA-256, since a key of the environment keeps its id when its value changes.
  key_id       text NOT NULL,
  key_digest   bytea NOT NULL,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  -- Up to a minute behind. NULL: not used yet.
  last_used_at timestamptz,
  -- Where the sign-in came from, masked, and the name of the browser.
  address      text NOT NULL,
  browser      text NOT NULL
);

CREATE INDEX sessions_key_idx ON zapfleet.sessions (key_id);
