-- `state` is null for a contact with one id, which is the usual case.
--   'blocked'  the contact opted out of messages
--   '>KEY'     this id is another id of the contact KEY
--   'apart'    the two Brazilian forms of this key are two contacts; each has a row of its own, '=' and its digits
-- No CHECK: it would cost every first message.
ALTER TABLE zapfleet.contacts
  ADD COLUMN state                 text,
  ADD COLUMN blocked_at            timestamptz,
  ADD COLUMN blocked_reason        text,
  -- When an operator took this id from another contact: no rule joins them again.
  ADD COLUMN unlinked_at           timestamptz,
  -- The newest message that the contact wrote to any of our numbers.
  ADD COLUMN last_inbound_at       timestamptz,
  ADD COLUMN last_inbound_instance varchar(50);

-- The aliases of a contact.
CREATE INDEX contacts_alias_idx ON zapfleet.contacts (state) WHERE state LIKE '>%';

-- The id as the caller wrote it, where it is not contact_id.
ALTER TABLE zapfleet.reservations ADD COLUMN contact_as text;

-- Blocked contacts, as keyed hashes: a block outlives what else is stored of a person, and a restored backup.
CREATE TABLE zapfleet.blocks (
  contact_hash bytea PRIMARY KEY,
  blocked_at   timestamptz NOT NULL
);

CREATE TABLE zapfleet.block_key (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  key    bytea NOT NULL
);
INSERT INTO zapfleet.block_key (key)
VALUES (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- The keyed hash of a contact's key, as HMAC nests it.
CREATE FUNCTION zapfleet.contact_hash(p_id text) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(k.key || sha256(k.key || convert_to(p_id, 'UTF8'))) FROM zapfleet.block_key k
$$;

-- Whether this contact is blocked by its hash.
CREATE FUNCTION zapfleet.is_blocked(p_id text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM zapfleet.blocks b WHERE b.contact_hash = zapfleet.contact_hash(p_id))
$$;

-- Taken inside a claim for a contact that has no number yet, as lock_first_contact before it, which older processes call.
-- p_clients are the ids under which the contact may be in clientes, or NULL. Returns the present state and number. The lock is taken
-- in a condition, which costs less than a statement; statements of a volatile function see what was committed before they start.
CREATE FUNCTION zapfleet.lock_new_contact(p_id text, p_clients anyarray) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  present text;
  found   text[];
BEGIN
  IF pg_advisory_xact_lock(72707370, hashtext(p_id)) IS NULL THEN
    RAISE EXCEPTION 'no lock';
  END IF;
  IF p_clients IS NOT NULL THEN
    SELECT min(nullif(instancia_preferida, '')) INTO present FROM public.clientes WHERE id = ANY (p_clients);
  END IF;
  SELECT ARRAY[s.state, coalesce(present, s.preferred_instance)] INTO found FROM zapfleet.contacts s WHERE s.id = p_id;
  RETURN coalesce(found, ARRAY[NULL, present]);
END
$$;
