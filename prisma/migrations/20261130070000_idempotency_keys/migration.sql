-- The idempotency keys of reserve, for about a day. Reservations stay for 35 days, and a unique index of keys over all of them grew to 1.3 GB.
CREATE TABLE zapfleet.idempotency_keys (
  -- The first 128 bits of the SHA-256 of the key and of the input. The text of a key may name a person; it is not stored.
  key            uuid NOT NULL,
  reservation_id uuid NOT NULL,
  input_hash     uuid NOT NULL,
  reserved_at    timestamptz NOT NULL
  -- Rows are removed after a day, which makes vacuum run: it need not run for inserts too.
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0.05);

-- A key as it is stored. A UUID of version 7 keeps its time, its first 13 characters.
CREATE FUNCTION zapfleet.stored_key(p_key text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (CASE WHEN p_key ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' THEN left(p_key, 13) || substr(stored, 14) ELSE stored END)::uuid
  FROM (SELECT encode(substr(sha256(convert_to(p_key, 'UTF8')), 1, 16), 'hex')::uuid::text) hash(stored)
$$;

-- The same of a hash in zapfleet.reservations: base64url of the whole SHA-256, without its padding.
CREATE FUNCTION zapfleet.stored_input_hash(p_hash text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT encode(substr(decode(translate(p_hash, '-_', '+/') || '=', 'base64'), 1, 16), 'hex')::uuid
$$;

-- The keys of the last day that are in zapfleet.reservations: of ids from the instant p_from on, which are of version 7. A key without a
-- hash is of a contact that was forgotten.
CREATE FUNCTION zapfleet.keys_of_reservations(p_from timestamptz) RETURNS SETOF zapfleet.idempotency_keys LANGUAGE sql STABLE AS $$
  SELECT zapfleet.stored_key(r.idempotency_key), r.id, zapfleet.stored_input_hash(r.input_hash), r.reserved_at FROM zapfleet.reservations r
  WHERE r.id >= rpad(lpad(to_hex(floor(extract(epoch FROM p_from) * 1000)::bigint), 12, '0'), 32, '0')::uuid
    AND r.idempotency_key IS NOT NULL AND r.input_hash IS NOT NULL AND r.reserved_at > now() - interval '24 hours'
$$;

-- Nothing waits for this copy: it locks no row, and no process writes to the table yet. Clocks of processes may be wrong by a day.
INSERT INTO zapfleet.idempotency_keys SELECT * FROM zapfleet.keys_of_reservations(now() - interval '2 days') k ORDER BY k.key;
ALTER TABLE zapfleet.idempotency_keys ADD PRIMARY KEY (key);

-- Processes of the release before read and write keys in zapfleet.reservations while they are replaced, and after a return to that release.
-- Two triggers keep a key unique over both tables; they run for rows with a key alone, so this release does not pay for them.

-- Skips a reservation whose key counts already, as ON CONFLICT does in the claim of the release before. That claim then reads the
-- reservation by its key, so the key is written there, with the hash of the input where that is the same, else with one that equals none.
CREATE FUNCTION zapfleet.skip_used_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  used zapfleet.idempotency_keys;
BEGIN
  SELECT k.* INTO used FROM zapfleet.idempotency_keys k
  WHERE k.key = zapfleet.stored_key(NEW.idempotency_key) AND k.reserved_at > NEW.reserved_at - interval '24 hours' AND k.reservation_id <> NEW.id;
  IF NOT FOUND THEN
    RETURN NEW;
  END IF;
  -- An older reservation with this key, which has expired.
  UPDATE zapfleet.reservations r SET idempotency_key = NULL WHERE r.idempotency_key = NEW.idempotency_key AND r.id <> used.reservation_id;
  UPDATE zapfleet.reservations r SET idempotency_key = NEW.idempotency_key,
    input_hash = CASE WHEN used.input_hash = zapfleet.stored_input_hash(NEW.input_hash) THEN NEW.input_hash ELSE '' END
  WHERE r.id = used.reservation_id AND (r.idempotency_key IS NULL OR r.input_hash = '');
  RETURN NULL;
END
$$;

-- Stores the key of a reservation that went in; of one that is restored it may be stored already. A claim of this release may have taken the key
-- since the trigger above read it: then the claim of the release before is undone, and its process sends it again.
CREATE FUNCTION zapfleet.store_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO zapfleet.idempotency_keys AS k (key, reservation_id, input_hash, reserved_at)
  VALUES (zapfleet.stored_key(NEW.idempotency_key), NEW.id, zapfleet.stored_input_hash(NEW.input_hash), NEW.reserved_at)
  ON CONFLICT (key) DO UPDATE SET reservation_id = excluded.reservation_id, input_hash = excluded.input_hash, reserved_at = excluded.reserved_at
    WHERE k.reservation_id = excluded.reservation_id OR k.reserved_at <= excluded.reserved_at - interval '24 hours';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'an idempotency key was taken meanwhile' USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NULL;
END
$$;

-- From here to the end of the migration no reservation is inserted: this lasts as long as the copy of the last hour.
CREATE TRIGGER skip_used_key BEFORE INSERT ON zapfleet.reservations
  FOR EACH ROW WHEN (NEW.idempotency_key IS NOT NULL AND NEW.input_hash IS NOT NULL) EXECUTE FUNCTION zapfleet.skip_used_key();
CREATE TRIGGER store_key AFTER INSERT ON zapfleet.reservations
  FOR EACH ROW WHEN (NEW.idempotency_key IS NOT NULL AND NEW.input_hash IS NOT NULL) EXECUTE FUNCTION zapfleet.store_key();

-- What was inserted since the copy began.
INSERT INTO zapfleet.idempotency_keys SELECT * FROM zapfleet.keys_of_reservations(now() - interval '1 hour') ON CONFLICT (key) DO NOTHING;
DROP FUNCTION zapfleet.keys_of_reservations;
