-- After a link, the messages of the alias that have not ended go out in the lane of the contact, so that all keep their order.

-- Moves them and removes the lane of the alias. A process that holds that lane starts no more of its messages; one that it is sending ends as before, and the
-- others wait for it in the new lane. Locks: lanes by contact, then messages.
CREATE FUNCTION zapfleet.move_lane(p_from text, p_to text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM zapfleet.message_lanes l WHERE l.contact_id = p_from) THEN
    RETURN;
  END IF;
  PERFORM FROM zapfleet.message_lanes l WHERE l.contact_id IN (p_from, p_to) ORDER BY l.contact_id FOR UPDATE;
  UPDATE zapfleet.messages m SET contact_id = p_to, contact_as = coalesce(m.contact_as, p_from)
  WHERE m.contact_id = p_from AND m.state IN ('queued', 'sending');
  WITH gone AS (DELETE FROM zapfleet.message_lanes l WHERE l.contact_id = p_from RETURNING l.*)
  INSERT INTO zapfleet.message_lanes AS l (contact_id, pool, due_at, retry_at)
  SELECT p_to, g.pool, g.due_at, CASE WHEN g.holder IS NULL THEN g.retry_at ELSE p_at END FROM gone g
  ON CONFLICT (contact_id) DO UPDATE SET version = l.version + 1, due_at = least(l.due_at, excluded.due_at),
    retry_at = CASE WHEN l.holder IS NULL THEN least(l.retry_at, excluded.retry_at) ELSE l.retry_at END;
END
$$;
