-- The last step of contact.forget: removes a contact and its aliases, and what is found by its ids. Reservations and the audit are
-- cleared before and after it, in slices. A block remains as keyed hashes.

-- Returns the id of the transaction; null, and removes nothing, when the contact or its aliases are no longer what the caller read.
--
-- `p_keys`: the keys of the contact and of its aliases; `p_stored`: every id under which rows of it may be stored; `p_clients`: its ids in
-- clientes, whose rows lose their number. `p_both`, `p_twin`: for one of two forms that are apart, the key of both and that of the other
-- form. That they are apart is forgotten with the second one.
CREATE FUNCTION zapfleet.forget_contact(
  p_id text, p_both text, p_twin text, p_keys text[], p_stored text[], p_clients anyarray, p_at timestamptz
) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  own zapfleet.contacts;
BEGIN
  IF p_clients IS NOT NULL THEN
    PERFORM FROM public.clientes c WHERE c.id = ANY (p_clients) ORDER BY c.id FOR NO KEY UPDATE;
  END IF;
  PERFORM zapfleet.lock_contacts(CASE WHEN p_both IS NULL THEN p_keys ELSE p_keys || p_both END);
  SELECT * INTO own FROM zapfleet.contacts s WHERE s.id = p_id;
  IF own.state <> 'blocked'
    OR EXISTS (SELECT FROM zapfleet.contacts s WHERE s.state = '>' || p_id AND s.state LIKE '>%' AND s.id <> ALL (p_keys))
    OR EXISTS (SELECT FROM zapfleet.contacts s WHERE s.id = ANY (p_keys) AND s.id <> p_id AND s.state IS DISTINCT FROM '>' || p_id) THEN
    RETURN NULL;
  END IF;
  IF own.state = 'blocked' OR zapfleet.is_blocked(p_id) THEN
    PERFORM zapfleet.add_blocks(p_id, p_both, coalesce(own.blocked_at, p_at));
  END IF;
  IF p_clients IS NOT NULL THEN
    UPDATE public.clientes SET instancia_preferida = NULL WHERE id = ANY (p_clients) AND instancia_preferida IS NOT NULL;
  END IF;
  DELETE FROM zapfleet.conversations WHERE contact_id = ANY (p_stored);
  DELETE FROM zapfleet.contacts s WHERE s.id = ANY (p_stored) AND s.id IS DISTINCT FROM p_both;
  DELETE FROM zapfleet.contacts s WHERE s.id = p_both AND NOT EXISTS (SELECT FROM zapfleet.contacts t WHERE t.id = p_twin);
  RETURN txid_current();
END
$$;
