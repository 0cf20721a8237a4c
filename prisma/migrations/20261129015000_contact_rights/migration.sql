-- Blocks, aliases and forms of contacts. Each function is one step of an act on a contact: it locks in the order of a claim (clientes by
-- id, contacts by id, new contacts by hash), reads the state again under the locks, and writes nothing when it is no longer what the
-- caller read.

-- Locks these contacts, those without a row too. A contact that got its row meanwhile undoes the statement, which the caller repeats.
CREATE FUNCTION zapfleet.lock_contacts(p_ids text[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  missing text[];
BEGIN
  SELECT array(SELECT unnest(p_ids) EXCEPT SELECT l.id FROM (
    SELECT s.id FROM zapfleet.contacts s WHERE s.id = ANY (p_ids) ORDER BY s.id FOR NO KEY UPDATE) l) INTO missing;
  PERFORM pg_advisory_xact_lock(72707370, m.hash) FROM (SELECT hashtext(x) hash FROM unnest(missing) x GROUP BY 1 ORDER BY 1) m;
  IF EXISTS (SELECT FROM zapfleet.contacts s WHERE s.id = ANY (missing)) THEN
    RAISE EXCEPTION 'a contact was stored meanwhile' USING ERRCODE = 'serialization_failure';
  END IF;
END
$$;

-- Stores the keyed hashes of a contact and of its aliases. `p_forms`: for one of two forms that are apart, the key of both, which
-- blocks the contact also where a restored table does not hold that they are apart.
CREATE FUNCTION zapfleet.add_blocks(p_id text, p_forms text, p_at timestamptz) RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO zapfleet.blocks (contact_hash, blocked_at)
  SELECT h.hash, p_at FROM (
    SELECT zapfleet.contact_hash(x.id) hash FROM (
      SELECT p_id UNION SELECT p_forms
      UNION SELECT s.id FROM zapfleet.contacts s WHERE s.state = '>' || p_id AND s.state LIKE '>%') x(id)
    WHERE x.id IS NOT NULL ORDER BY 1) h
  ON CONFLICT DO NOTHING
$$;

-- Blocks a contact; again changes its reason alone. Returns null, or the state that the id has instead of being a contact's own.
CREATE FUNCTION zapfleet.block_contact(p_id text, p_forms text, p_reason text, p_at timestamptz) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  present text;
BEGIN
  PERFORM zapfleet.lock_contacts(ARRAY[p_id]);
  SELECT s.state INTO present FROM zapfleet.contacts s WHERE s.id = p_id;
  IF present <> 'blocked' THEN
    RETURN present;
  END IF;
  INSERT INTO zapfleet.contacts AS s (id, state, blocked_at, blocked_reason) VALUES (p_id, 'blocked', p_at, p_reason)
  ON CONFLICT (id) DO UPDATE SET state = 'blocked', blocked_at = coalesce(s.blocked_at, excluded.blocked_at),
    blocked_reason = coalesce(excluded.blocked_reason, s.blocked_reason);
  PERFORM zapfleet.add_blocks(p_id, p_forms, p_at);
  RETURN NULL;
END
$$;

-- Ends the block of a contact and of its aliases. `p_twin`: the other form, which keeps the hash of both forms where it is blocked.
CREATE FUNCTION zapfleet.unblock_contact(p_id text, p_forms text, p_twin text) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  present text;
BEGIN
  PERFORM zapfleet.lock_contacts(ARRAY[p_id]);
  SELECT s.state INTO present FROM zapfleet.contacts s WHERE s.id = p_id;
  IF present <> 'blocked' THEN
    RETURN present;
  END IF;
  UPDATE zapfleet.contacts SET state = NULL, blocked_at = NULL, blocked_reason = NULL WHERE id = p_id AND state = 'blocked';
  DELETE FROM zapfleet.blocks b USING (
    SELECT p_id UNION SELECT p_forms WHERE NOT zapfleet.is_blocked(p_twin)
    UNION SELECT s.id FROM zapfleet.contacts s WHERE s.state = '>' || p_id AND s.state LIKE '>%') x(id)
  WHERE b.contact_hash = zapfleet.contact_hash(x.id);
  RETURN NULL;
END
$$;

-- Makes the contact `p_alias` an alias of the contact `p_id`, which gets what it does not have. Returns 'linked'; 'changed' when one of
-- them is no longer a contact of its own; 'aliases' when the alias has aliases; 'both' when both have conversations.
CREATE FUNCTION zapfleet.link_contact(
  p_id text, p_forms text, p_clients anyarray, p_alias text, p_alias_forms text, p_alias_clients anyarray, p_at timestamptz
) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  own           zapfleet.contacts;
  other         zapfleet.contacts;
  own_number    text;
  other_number  text;
  is_client     boolean := false;
  is_blocked    boolean;
BEGIN
  IF p_clients IS NOT NULL OR p_alias_clients IS NOT NULL THEN
    PERFORM FROM public.clientes c WHERE c.id = ANY (p_clients || p_alias_clients) ORDER BY c.id FOR NO KEY UPDATE;
  END IF;
  PERFORM zapfleet.lock_contacts(ARRAY[p_id, p_alias]);
  SELECT * INTO own FROM zapfleet.contacts s WHERE s.id = p_id;
  SELECT * INTO other FROM zapfleet.contacts s WHERE s.id = p_alias;
  IF own.state <> 'blocked' OR other.state <> 'blocked' THEN
    RETURN 'changed';
  END IF;
  IF EXISTS (SELECT FROM zapfleet.contacts s WHERE s.state = '>' || p_alias AND s.state LIKE '>%') THEN
    RETURN 'aliases';
  END IF;
  IF EXISTS (SELECT FROM zapfleet.conversations v WHERE v.contact_id = p_id)
    AND EXISTS (SELECT FROM zapfleet.conversations v WHERE v.contact_id = p_alias) THEN
    RETURN 'both';
  END IF;

  IF p_clients IS NOT NULL THEN
    SELECT min(nullif(c.instancia_preferida, '')), count(*) > 0 INTO own_number, is_client FROM public.clientes c WHERE c.id = ANY (p_clients);
  END IF;
  IF p_alias_clients IS NOT NULL THEN
    SELECT min(nullif(c.instancia_preferida, '')) INTO other_number FROM public.clientes c WHERE c.id = ANY (p_alias_clients);
    UPDATE public.clientes SET instancia_preferida = NULL WHERE id = ANY (p_alias_clients) AND instancia_preferida IS NOT NULL;
  END IF;
  own_number := coalesce(own_number, own.preferred_instance, other_number, other.preferred_instance);
  IF is_client THEN
    UPDATE public.clientes SET instancia_preferida = own_number
    WHERE id = ANY (p_clients) AND instancia_preferida IS DISTINCT FROM own_number;
  END IF;
  is_blocked := own.state IS NOT NULL OR other.state IS NOT NULL OR zapfleet.is_blocked(p_id) OR zapfleet.is_blocked(p_alias);
  IF other.last_inbound_at > own.last_inbound_at OR own.last_inbound_at IS NULL THEN
    own.last_inbound_at := other.last_inbound_at;
    own.last_inbound_instance := other.last_inbound_instance;
  END IF;

  INSERT INTO zapfleet.contacts AS s
    (id, preferred_instance, state, blocked_at, blocked_reason, unlinked_at, last_inbound_at, last_inbound_instance)
  VALUES (p_id, own_number, CASE WHEN is_blocked THEN 'blocked' END,
    CASE WHEN is_blocked THEN coalesce(own.blocked_at, other.blocked_at, p_at) END, coalesce(own.blocked_reason, other.blocked_reason),
    own.unlinked_at, own.last_inbound_at, own.last_inbound_instance)
  ON CONFLICT (id) DO UPDATE SET preferred_instance = excluded.preferred_instance, state = excluded.state, blocked_at = excluded.blocked_at,
    blocked_reason = excluded.blocked_reason, last_inbound_at = excluded.last_inbound_at,
    last_inbound_instance = excluded.last_inbound_instance;
  INSERT INTO zapfleet.contacts (id, state) VALUES (p_alias, '>' || p_id)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, preferred_instance = NULL, blocked_at = NULL, blocked_reason = NULL,
    unlinked_at = NULL, last_inbound_at = NULL, last_inbound_instance = NULL;
  UPDATE zapfleet.conversations SET contact_id = p_id WHERE contact_id = p_alias;
  IF is_blocked THEN
    PERFORM zapfleet.add_blocks(p_id, p_forms, p_at);
    PERFORM zapfleet.add_blocks(p_alias, p_alias_forms, p_at);
  END IF;
  RETURN 'linked';
END
$$;

-- Makes an alias a contact of its own, which has nothing but the block of the contact that it was an id of. Returns whether it was its alias.
CREATE FUNCTION zapfleet.unlink_alias(p_id text, p_alias text, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  own zapfleet.contacts;
BEGIN
  PERFORM zapfleet.lock_contacts(ARRAY[p_id, p_alias]);
  SELECT * INTO own FROM zapfleet.contacts s WHERE s.id = p_id;
  UPDATE zapfleet.contacts s SET state = own.state, blocked_at = own.blocked_at, blocked_reason = own.blocked_reason, unlinked_at = p_at
  WHERE s.id = p_alias AND s.state = '>' || p_id;
  RETURN FOUND;
END
$$;

-- Makes the two forms of a key two contacts, for ever. `p_heir` gets what the contact has, also its aliases; a block holds for both.
-- Returns false, and writes nothing, when the key is an alias or its forms are apart.
CREATE FUNCTION zapfleet.unlink_forms(
  p_key text, p_heir text, p_heir_clients anyarray, p_other text, p_other_clients anyarray, p_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  own        zapfleet.contacts;
  number     text;
  is_blocked boolean;
BEGIN
  IF p_heir_clients IS NOT NULL OR p_other_clients IS NOT NULL THEN
    PERFORM FROM public.clientes c WHERE c.id = ANY (p_heir_clients || p_other_clients) ORDER BY c.id FOR NO KEY UPDATE;
  END IF;
  PERFORM zapfleet.lock_contacts(ARRAY[p_key, p_heir, p_other]);
  SELECT * INTO own FROM zapfleet.contacts s WHERE s.id = p_key;
  IF own.state <> 'blocked' THEN
    RETURN false;
  END IF;
  is_blocked := own.state IS NOT NULL OR zapfleet.is_blocked(p_key);
  IF p_heir_clients IS NOT NULL OR p_other_clients IS NOT NULL THEN
    SELECT min(nullif(c.instancia_preferida, '')) INTO number FROM public.clientes c WHERE c.id = ANY (p_heir_clients || p_other_clients);
    UPDATE public.clientes SET instancia_preferida = NULL WHERE id = ANY (p_other_clients) AND instancia_preferida IS NOT NULL;
  END IF;
  number := coalesce(number, own.preferred_instance);
  IF p_heir_clients IS NOT NULL THEN
    UPDATE public.clientes SET instancia_preferida = number WHERE id = ANY (p_heir_clients) AND instancia_preferida IS DISTINCT FROM number;
  END IF;
  INSERT INTO zapfleet.contacts
    (id, preferred_instance, state, blocked_at, blocked_reason, unlinked_at, last_inbound_at, last_inbound_instance)
  VALUES
    (p_key, NULL, 'apart', NULL, NULL, p_at, NULL, NULL),
    (p_heir, number, CASE WHEN is_blocked THEN 'blocked' END, own.blocked_at, own.blocked_reason, p_at, own.last_inbound_at, own.last_inbound_instance),
    (p_other, NULL, CASE WHEN is_blocked THEN 'blocked' END, own.blocked_at, own.blocked_reason, p_at, NULL, NULL)
  ON CONFLICT (id) DO UPDATE SET preferred_instance = excluded.preferred_instance, state = excluded.state, blocked_at = excluded.blocked_at,
    blocked_reason = excluded.blocked_reason, unlinked_at = excluded.unlinked_at, last_inbound_at = excluded.last_inbound_at,
    last_inbound_instance = excluded.last_inbound_instance;
  UPDATE zapfleet.contacts SET state = '>' || p_heir WHERE state = '>' || p_key AND state LIKE '>%';
  UPDATE zapfleet.conversations SET contact_id = p_heir WHERE contact_id = p_key;
  IF is_blocked THEN
    PERFORM zapfleet.add_blocks(p_heir, p_key, coalesce(own.blocked_at, p_at));
    PERFORM zapfleet.add_blocks(p_other, p_key, coalesce(own.blocked_at, p_at));
  END IF;
  RETURN true;
END
$$;
