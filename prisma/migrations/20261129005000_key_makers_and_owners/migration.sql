-- Which key made a key, which keys replace one another, and which key holds a reservation.

ALTER TABLE zapfleet.api_keys
  -- The id of the key that made it; created_by is a label, which several keys may have. NULL: made before this migration.
  ADD COLUMN created_by_key text,
  -- The id of the first key of a chain of rotations. NULL: this key is the first, or was made before this migration.
  ADD COLUMN family text;

-- The family of the key that reserved. NULL: reserved before this migration, or without a key.
ALTER TABLE zapfleet.reservations ADD COLUMN owner text;

-- Why a key may not be made: 'ended' when its maker has ended, 'full' when `most` keys are active, else NULL.
-- The lock is held until the end of the transaction, and the counts see everything that committed before it was taken.
CREATE FUNCTION zapfleet.key_refusal(maker text, moment timestamptz, most int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(72707373, 0);
  IF EXISTS (SELECT FROM zapfleet.api_keys a WHERE a.id = maker AND (a.revoked_at IS NOT NULL OR a.expires_at <= moment)) THEN
    RETURN 'ended';
  END IF;
  IF (SELECT count(*) FROM zapfleet.api_keys a WHERE a.revoked_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > moment)) >= most THEN
    RETURN 'full';
  END IF;
  RETURN NULL;
END $$;

-- Revokes a key and, if told, the active keys that it made, those that they made, and so on. Returns the ids of the key (if
-- it exists) and of the keys that it made which were active. Under the lock of key_refusal, so that no key is made meanwhile.
CREATE FUNCTION zapfleet.revoke_key(key text, moment timestamptz, also_made boolean) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  made text[];
BEGIN
  PERFORM pg_advisory_xact_lock(72707373, 0);
  WITH RECURSIVE m AS (
    SELECT a.id FROM zapfleet.api_keys a WHERE a.created_by_key = key
    UNION SELECT a.id FROM zapfleet.api_keys a JOIN m ON a.created_by_key = m.id)
  SELECT coalesce(array_agg(a.id), '{}') INTO made FROM zapfleet.api_keys a JOIN m USING (id)
  WHERE a.id <> key AND a.revoked_at IS NULL AND (a.expires_at IS NULL OR a.expires_at > moment);
  PERFORM FROM zapfleet.api_keys a WHERE a.id = key OR (also_made AND a.id = ANY (made)) ORDER BY a.id FOR NO KEY UPDATE;
  UPDATE zapfleet.api_keys a SET revoked_at = coalesce(a.revoked_at, moment)
  WHERE a.id = key OR (also_made AND a.id = ANY (made));
  RETURN QUERY SELECT a.id FROM zapfleet.api_keys a WHERE a.id = key OR a.id = ANY (made);
END $$;
