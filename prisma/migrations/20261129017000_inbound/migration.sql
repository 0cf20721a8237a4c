-- The newest message of a contact that has no row in the snapshot of the statement: p_locked is what lock_new_contact returned, so that
-- this is read after the lock is held.
CREATE FUNCTION zapfleet.last_inbound_of(p_id text, p_locked text[]) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN (SELECT s.last_inbound_at FROM zapfleet.contacts s WHERE s.id = p_id);
END
$$;
