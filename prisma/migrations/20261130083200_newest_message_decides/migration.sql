-- Two ids of one person become one contact: the number of the id under which the person wrote last stays, also that of each pool.

-- As before, but for the number.
CREATE OR REPLACE FUNCTION zapfleet.link_contact(
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
  own_number := coalesce(own_number, own.preferred_instance);
  other_number := coalesce(other_number, other.preferred_instance);
  IF own_number IS NULL OR other.last_inbound_at > coalesce(own.last_inbound_at, '-infinity') THEN
    own_number := coalesce(other_number, own_number);
  END IF;
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

-- As before, but where both have a number in a pool.
CREATE OR REPLACE FUNCTION zapfleet.move_pool_contacts(p_from text, p_to text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO zapfleet.pool_contacts AS p (contact_id, pool, preferred_instance, last_inbound_at)
  SELECT p_to, o.pool, o.preferred_instance, o.last_inbound_at FROM zapfleet.pool_contacts o WHERE o.contact_id = p_from ORDER BY o.pool
  ON CONFLICT (contact_id, pool) DO UPDATE SET preferred_instance = excluded.preferred_instance, last_inbound_at = excluded.last_inbound_at
  WHERE excluded.last_inbound_at > coalesce(p.last_inbound_at, '-infinity');
  DELETE FROM zapfleet.pool_contacts WHERE contact_id = p_from;
END
$$;
