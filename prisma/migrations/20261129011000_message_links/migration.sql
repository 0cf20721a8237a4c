-- Which message belongs to which reservation. An event of a send infers it; the id that confirm gives replaces what was inferred.

-- Links reservations that have no message yet, and returns those that were linked. The advisory lock comes first and makes calls run
-- one after the other: the same event may arrive in two processes at once, and each statement of a volatile function reads what was
-- committed before it began.
CREATE FUNCTION zapfleet.link_messages(p_ids uuid[], p_messages text[]) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(72707373, 0);
  RETURN QUERY
  WITH locked AS MATERIALIZED (
    SELECT r.id, l.message FROM unnest(p_ids, p_messages) l(id, message) JOIN zapfleet.reservations r ON r.id = l.id
    WHERE r.message_id IS NULL AND r.state <> 'released' AND NOT EXISTS (
      SELECT FROM zapfleet.reservations o WHERE o.message_id = l.message AND o.instance_name = r.instance_name)
    ORDER BY r.id FOR NO KEY UPDATE OF r)
  UPDATE zapfleet.reservations r SET message_id = locked.message FROM locked WHERE r.id = locked.id
  RETURNING r.id;
END
$$;

-- Adds the outcome of a reservation to the counts of its hour (p_sign 1), or removes it (-1).
CREATE FUNCTION zapfleet.count_outcome(r zapfleet.reservations, p_sign int) RETURNS void
LANGUAGE sql VOLATILE AS $$
  INSERT INTO zapfleet.hourly_outcomes AS h (instance_name, hour, sent, delivered, read, failed, prompt)
  SELECT r.instance_name, r.hour_window, p_sign * (r.outcome = 'sent')::int, p_sign * (r.outcome = 'delivered')::int,
    p_sign * (r.outcome = 'read')::int, p_sign * (r.outcome = 'failed')::int,
    p_sign * coalesce((r.evidence_at <= r.reserved_at + interval '60 seconds')::int, 0)
  WHERE r.outcome IS NOT NULL
  ON CONFLICT (instance_name, hour) DO UPDATE SET sent = h.sent + excluded.sent, delivered = h.delivered + excluded.delivered,
    read = h.read + excluded.read, failed = h.failed + excluded.failed, prompt = h.prompt + excluded.prompt
$$;

-- Gives each reservation the message that its confirm named. Where another reservation of the instance has that message by inference,
-- the two change places, with their outcomes; an outcome without a reservation waits again. Returns how many were changed, usually 0.
CREATE FUNCTION zapfleet.move_messages(p_ids uuid[], p_messages text[]) RETURNS int
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  pair record;
  target zapfleet.reservations;
  holder zapfleet.reservations;
  moved int := 0;
BEGIN
  IF NOT EXISTS (
    SELECT FROM unnest(p_ids, p_messages) l(id, message) JOIN zapfleet.reservations r ON r.id = l.id
    WHERE r.message_id IS DISTINCT FROM l.message OR EXISTS (
      SELECT FROM zapfleet.reservations o WHERE o.message_id = l.message AND o.instance_name = r.instance_name AND o.id <> r.id))
  THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(72707373, 0);
  PERFORM FROM zapfleet.reservations r WHERE r.id = ANY(p_ids) OR r.message_id = ANY(p_messages) ORDER BY r.id FOR NO KEY UPDATE;
  FOR pair IN SELECT DISTINCT ON (l.id) l.id, l.message FROM unnest(p_ids, p_messages) WITH ORDINALITY l(id, message, ord) ORDER BY l.id, l.ord DESC LOOP
    SELECT * INTO target FROM zapfleet.reservations r WHERE r.id = pair.id AND r.state <> 'released';
    CONTINUE WHEN target.id IS NULL;
    SELECT * INTO holder FROM zapfleet.reservations o
    WHERE o.message_id = pair.message AND o.instance_name = target.instance_name AND o.id <> target.id ORDER BY o.id LIMIT 1;
    CONTINUE WHEN holder.id IS NULL AND target.message_id = pair.message;
    moved := moved + 1;
    PERFORM zapfleet.count_outcome(target, -1);
    IF holder.id IS NOT NULL THEN
      PERFORM zapfleet.count_outcome(holder, -1);
      -- What the target had of another message goes to the reservation that gives its message away.
      UPDATE zapfleet.reservations r
      SET message_id = t.message_id, outcome = t.outcome, outcome_at = t.outcome_at, outcome_error = t.outcome_error, evidence_at = t.evidence_at
      FROM (SELECT target.message_id, target.outcome, target.outcome_at, target.outcome_error, target.evidence_at
        WHERE target.message_id <> pair.message UNION ALL SELECT NULL, NULL, NULL, NULL, NULL LIMIT 1) t
      WHERE r.id = holder.id;
      PERFORM zapfleet.count_outcome(r, 1) FROM zapfleet.reservations r WHERE r.id = holder.id;
    ELSIF target.outcome IS NOT NULL AND target.message_id IS NOT NULL THEN
      INSERT INTO zapfleet.unmatched_outcomes (message_id, instance_name, outcome, outcome_at, outcome_error, evidence_at)
      VALUES (target.message_id, target.instance_name, target.outcome, target.outcome_at, target.outcome_error, target.evidence_at)
      ON CONFLICT DO NOTHING;
    END IF;
    UPDATE zapfleet.reservations r
    SET message_id = pair.message, outcome = holder.outcome, outcome_at = holder.outcome_at, outcome_error = holder.outcome_error,
      evidence_at = holder.evidence_at
    WHERE r.id = target.id;
    PERFORM zapfleet.count_outcome(r, 1) FROM zapfleet.reservations r WHERE r.id = target.id;
  END LOOP;
  RETURN moved;
END
$$;
