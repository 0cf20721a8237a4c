-- As before; two reservations whose confirms name one message lose no outcome of it.

-- Gives each reservation the message that its confirm named. Where another reservation of the instance has that message by inference,
-- the two change places, with their outcomes; an outcome without a reservation waits again. Returns how many were changed, usually 0.
CREATE OR REPLACE FUNCTION zapfleet.move_messages(p_ids uuid[], p_messages text[]) RETURNS int
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  pair record;
  target zapfleet.reservations;
  holder zapfleet.reservations;
  kept   zapfleet.reservations;
  ranks  constant text[] := '{sent,failed,delivered,read}';
  moved  int := 0;
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
    -- Both have the message: an outcome may have come to either before the other had it. The higher one stays.
    kept := holder;
    IF target.message_id = pair.message AND (holder.outcome IS NULL
      OR array_position(ranks, target.outcome) > array_position(ranks, holder.outcome)) THEN
      kept := target;
    END IF;
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
    SET message_id = pair.message, outcome = kept.outcome, outcome_at = kept.outcome_at, outcome_error = kept.outcome_error,
      evidence_at = CASE WHEN target.message_id = pair.message THEN least(target.evidence_at, holder.evidence_at) ELSE holder.evidence_at END
    WHERE r.id = target.id;
    PERFORM zapfleet.count_outcome(r, 1) FROM zapfleet.reservations r WHERE r.id = target.id;
  END LOOP;
  RETURN moved;
END
$$;
