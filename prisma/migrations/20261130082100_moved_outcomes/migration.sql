-- As before; the lock comes before the check, so that a link that commits meanwhile is seen, and outcomes are not copied but wait under their
-- messages: `match_outcomes` applies them with all that follows from an outcome.

-- Gives each reservation the message that its confirm named. Where other reservations of the instance have that message by inference, the first
-- gets the message that this one had, the rest get none. Outcomes of messages that change their reservation wait for it; the caller applies
-- them. Returns how many reservations were changed, usually 0.
--
-- Locks: the advisory lock of link_messages, reservations by id, hours by instance and hour, conversations, waiting outcomes.
CREATE OR REPLACE FUNCTION zapfleet.move_messages(p_ids uuid[], p_messages text[]) RETURNS int
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  pair   record;
  target zapfleet.reservations;
  holder zapfleet.reservations;
  spare  text;
  -- The changed reservations that had an outcome, as they were.
  taken  zapfleet.reservations[] := '{}';
  ranks  constant text[] := '{sent,failed,delivered,read}';
  moved  int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(72707373, 0);
  IF NOT EXISTS (
    SELECT FROM unnest(p_ids, p_messages) l(id, message) JOIN zapfleet.reservations r ON r.id = l.id
    WHERE r.message_id IS DISTINCT FROM l.message OR EXISTS (
      SELECT FROM zapfleet.reservations o WHERE o.message_id = l.message AND o.instance_name = r.instance_name AND o.id <> r.id))
  THEN RETURN 0; END IF;
  PERFORM FROM zapfleet.reservations r WHERE r.id = ANY(p_ids) OR r.message_id = ANY(p_messages) ORDER BY r.id FOR NO KEY UPDATE;
  FOR pair IN SELECT DISTINCT ON (l.id) l.id, l.message FROM unnest(p_ids, p_messages) WITH ORDINALITY l(id, message, ord) ORDER BY l.id, l.ord DESC LOOP
    SELECT * INTO target FROM zapfleet.reservations r WHERE r.id = pair.id AND r.state <> 'released';
    CONTINUE WHEN target.id IS NULL;
    spare := nullif(target.message_id, pair.message);
    FOR holder IN SELECT * FROM zapfleet.reservations o
      WHERE o.message_id = pair.message AND o.instance_name = target.instance_name AND o.id <> target.id ORDER BY o.id
    LOOP
      taken := taken || holder;
      UPDATE zapfleet.reservations r
      SET message_id = spare, outcome = NULL, outcome_at = NULL, outcome_error = NULL, evidence_at = NULL WHERE r.id = holder.id;
      spare := NULL;
      moved := moved + 1;
    END LOOP;
    CONTINUE WHEN target.message_id = pair.message;
    taken := taken || target;
    UPDATE zapfleet.reservations r
    SET message_id = pair.message, outcome = NULL, outcome_at = NULL, outcome_error = NULL, evidence_at = NULL WHERE r.id = target.id;
    moved := moved + 1;
  END LOOP;

  PERFORM zapfleet.count_outcome(t, -1) FROM unnest(taken) t WHERE t.outcome IS NOT NULL ORDER BY t.instance_name, t.hour_window;
  PERFORM zapfleet.correct_sends(array_agg(t.id)) FROM unnest(taken) t WHERE t.outcome = 'failed' HAVING count(*) > 0;
  INSERT INTO zapfleet.unmatched_outcomes AS u (message_id, instance_name, outcome, outcome_at, outcome_error, evidence_at)
  SELECT DISTINCT ON (t.message_id, t.instance_name) t.message_id, t.instance_name, t.outcome, t.outcome_at, t.outcome_error,
    min(t.evidence_at) OVER (PARTITION BY t.message_id, t.instance_name)
  FROM unnest(taken) t WHERE t.outcome IS NOT NULL
  ORDER BY t.message_id, t.instance_name, array_position(ranks, t.outcome) DESC, t.outcome_at, t.outcome_error COLLATE "C" NULLS LAST
  ON CONFLICT (message_id, instance_name) DO UPDATE SET evidence_at = least(u.evidence_at, excluded.evidence_at), (outcome, outcome_at, outcome_error) = (
    SELECT v.outcome, v.outcome_at, v.outcome_error FROM (VALUES (u.outcome, u.outcome_at, u.outcome_error),
      (excluded.outcome, excluded.outcome_at, excluded.outcome_error)) v(outcome, outcome_at, outcome_error)
    ORDER BY array_position(ranks, v.outcome) DESC, v.outcome_at, v.outcome_error COLLATE "C" NULLS LAST LIMIT 1);
  RETURN moved;
END
$$;
