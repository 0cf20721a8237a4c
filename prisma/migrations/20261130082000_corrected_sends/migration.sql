-- The contact that a reservation belongs to now, by the state of the row of its contact: that of which it became an alias, or where its
-- forms were taken apart, the form that was written. Any other state: its own.
CREATE FUNCTION zapfleet.contact_by_state(p_state text, p_id text, p_as text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN p_state LIKE '>%' THEN substr(p_state, 2)
    WHEN p_state = 'apart' THEN '=' || coalesce((SELECT f.form FROM unnest(ARRAY[p_id, zapfleet.short_contact_form(p_id)]) f(form)
      WHERE regexp_replace(regexp_replace(p_as, '[:@].*$', ''), '\D', '', 'g') LIKE '%' || substr(f.form, 3)), p_id)
    ELSE p_id END
$$;

-- The same for the columns contact_id and contact_as of a reservation.
CREATE FUNCTION zapfleet.contact_of(p_id text, p_as text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce((SELECT zapfleet.contact_by_state(a.state, a.id, p_as) FROM zapfleet.contacts a WHERE a.id = p_id AND a.state <> 'blocked'), p_id)
$$;

-- Corrects what conversations store of reservations that were released or failed, or that were delivered after they failed. Returns
-- contacts whose kind may be another one now.
--
-- Where a conversation has the moment of a message that was not sent, it gets the moment of the newest message to the contact from this
-- number that was; null where none is found and the number began with the contact. No index by contact exists, since it would cost every
-- reserve: at most 20,000 reservations after these are read, and 20,000 before those to contacts that were known. Where these do not
-- reach back to the message with which the number began, the conversation stays as it is. Where no conversation has such a moment,
-- only these reservations are read.
--
-- Locks conversations by contact and instance.
CREATE FUNCTION zapfleet.correct_sends(p_ids uuid[]) RETURNS SETOF text
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT zapfleet.contact_of(r.contact_id, r.contact_as) AS contact_id, r.instance_name, r.reserved_at, r.kind,
      r.state <> 'released' AND r.outcome IS DISTINCT FROM 'failed' AS is_sent
    FROM zapfleet.reservations r WHERE r.id = ANY (p_ids) AND r.contact_id IS NOT NULL),
  reached AS (
    INSERT INTO zapfleet.conversations AS c (contact_id, instance_name, last_sent_at)
    SELECT g.contact_id, g.instance_name, max(g.reserved_at) FROM given g WHERE g.is_sent GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (contact_id, instance_name) DO UPDATE SET last_sent_at = excluded.last_sent_at
    WHERE c.last_sent_at IS NULL OR c.last_sent_at < excluded.last_sent_at RETURNING c.contact_id)
  SELECT reached.contact_id FROM reached UNION SELECT g.contact_id FROM given g WHERE g.kind = 'new';

  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT r.id, r.contact_id AS reserved_for, zapfleet.contact_of(r.contact_id, r.contact_as) AS contact_id, r.instance_name, r.reserved_at, r.kind
    FROM zapfleet.reservations r
    WHERE r.id = ANY (p_ids) AND r.contact_id IS NOT NULL AND (r.state = 'released' OR r.outcome = 'failed')),
  stored AS MATERIALIZED (
    SELECT g.* FROM given g
    JOIN zapfleet.conversations c ON c.contact_id = g.contact_id AND c.instance_name = g.instance_name AND c.last_sent_at = g.reserved_at
    ORDER BY c.contact_id, c.instance_name FOR NO KEY UPDATE OF c),
  names AS MATERIALIZED (
    SELECT s.contact_id AS name FROM stored s UNION SELECT s.reserved_for FROM stored s
    UNION SELECT a.id FROM stored s JOIN zapfleet.contacts a ON a.state = '>' || s.contact_id AND a.state LIKE '>%'),
  nearby AS MATERIALIZED (
    SELECT n.* FROM (
      (SELECT r.contact_id, r.contact_as, r.instance_name, r.reserved_at, r.kind, r.state, r.outcome FROM zapfleet.reservations r
        WHERE r.id >= (SELECT s.id FROM stored s ORDER BY s.id LIMIT 1) ORDER BY r.id LIMIT 20000)
      UNION ALL
      (SELECT r.contact_id, r.contact_as, r.instance_name, r.reserved_at, r.kind, r.state, r.outcome FROM zapfleet.reservations r
        WHERE r.id < (SELECT s.id FROM stored s WHERE s.kind IS DISTINCT FROM 'new' ORDER BY s.id LIMIT 1) ORDER BY r.id DESC LIMIT 20000)) n
    WHERE n.contact_id = ANY (ARRAY(SELECT names.name FROM names))),
  others AS MATERIALIZED (
    SELECT zapfleet.contact_of(n.contact_id, n.contact_as) AS contact_id, n.instance_name,
      max(n.reserved_at) FILTER (WHERE n.state <> 'released' AND n.outcome IS DISTINCT FROM 'failed') AS sent_at, bool_or(n.kind = 'new') AS has_first
    FROM nearby n GROUP BY 1, 2)
  UPDATE zapfleet.conversations c SET last_sent_at = o.sent_at FROM stored s
  JOIN others o ON o.contact_id = s.contact_id AND o.instance_name = s.instance_name
  WHERE c.contact_id = s.contact_id AND c.instance_name = s.instance_name AND (o.sent_at IS NOT NULL OR o.has_first)
  RETURNING c.contact_id;
END
$$;
