-- Budgets of a number beside its hourly and daily limits; null (and a gap of 0) is no limit.
ALTER TABLE public.whatsapp_instances
  ADD COLUMN IF NOT EXISTS novos_hora integer,
  ADD COLUMN IF NOT EXISTS novos_dia integer,
  -- New contacts that were counted, in windows of their own: only claims on numbers with a limit write them.
  ADD COLUMN IF NOT EXISTS novos_enviados_hora integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS novos_enviados_dia integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS novos_janela_hora timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN IF NOT EXISTS novos_janela_dia timestamptz NOT NULL DEFAULT 'epoch',
  -- The shortest time between two messages, in milliseconds.
  ADD COLUMN IF NOT EXISTS intervalo_min_ms integer NOT NULL DEFAULT 0,
  -- {"from", "to", "days", "startedOn", "day", "limitToday", "heldBecause", "advancedOn"}
  ADD COLUMN IF NOT EXISTS rampa jsonb,
  -- [{"days": ["mon", …], "from": "HH:MM", "to": "HH:MM"}, …]
  ADD COLUMN IF NOT EXISTS horario jsonb;

-- When the message goes out, where that is later than the reservation.
ALTER TABLE zapfleet.reservations ADD COLUMN IF NOT EXISTS not_before timestamptz;
CREATE INDEX IF NOT EXISTS reservations_not_before_idx ON zapfleet.reservations (instance_name, not_before) WHERE not_before IS NOT NULL;

-- When the number counted this contact as new; -infinity: that was given back, so its next message takes room again, also from its own
-- number; null: not counted.
ALTER TABLE zapfleet.conversations ADD COLUMN IF NOT EXISTS new_at timestamptz;

-- Whether a number with these hours is open at a moment, in a time zone; what is no list of hours is none. A text of "HH:MM" compares like the time that it is.
CREATE FUNCTION zapfleet.is_open(p_hours jsonb, p_at timestamptz, p_zone text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT jsonb_typeof(p_hours) IS DISTINCT FROM 'array' OR p_hours = '[]' OR EXISTS (
    SELECT FROM (SELECT (ARRAY['mon','tue','wed','thu','fri','sat','sun'])[extract(isodow FROM p_at AT TIME ZONE p_zone)::int] AS day,
                        to_char(p_at AT TIME ZONE p_zone, 'HH24:MI') AS clock) t,
      jsonb_array_elements(CASE WHEN jsonb_typeof(p_hours) = 'array' THEN p_hours ELSE '[]' END) h
    WHERE h -> 'days' ? t.day AND t.clock >= h ->> 'from' AND t.clock < h ->> 'to')
$$;

-- The smallest id of a reservation that a process made at this moment or later: ids are uuids of version 7.
CREATE FUNCTION zapfleet.first_id(p_at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (lpad(to_hex(floor(extract(epoch FROM p_at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Counts the contacts to whom this number was new, in the hour first and in the day second, marks them as counted, and takes the marks of
-- others of this day away: their messages were given back while there was no limit. The caller
-- holds the lock of the number's row: a volatile function reads what was committed before its own start.
CREATE FUNCTION zapfleet.count_new_contacts(p_name varchar, p_hour timestamptz, p_day timestamptz) RETURNS integer[]
LANGUAGE sql VOLATILE AS $$
  WITH sent AS (
    SELECT r.contact_id, min(r.reserved_at) AS new_at FROM zapfleet.reservations r
    WHERE r.id >= zapfleet.first_id(p_day - interval '1 minute') AND r.reserved_at >= p_day AND r.instance_name = p_name
      AND r.kind = 'new' AND r.preference <> 'kept' AND r.state <> 'released' AND r.contact_id NOT LIKE '%@g.us'
    GROUP BY 1),
  cleared AS (
    UPDATE zapfleet.conversations v SET new_at = NULL
    WHERE v.instance_name = p_name AND v.new_at >= p_day AND v.contact_id NOT IN (SELECT s.contact_id FROM sent s)),
  marked AS (
    INSERT INTO zapfleet.conversations (contact_id, instance_name, new_at) SELECT s.contact_id, p_name, s.new_at FROM sent s ORDER BY 1
    ON CONFLICT (contact_id, instance_name) DO UPDATE SET new_at = excluded.new_at)
  SELECT ARRAY[count(*) FILTER (WHERE new_at >= p_hour), count(*)]::integer[] FROM sent
$$;

-- Takes the marks of contacts back whose reservations are released now, where nothing else went to them from this number since, with what
-- the conversation stored of these messages. Returns how many were counted in the present hour and day; a mark of the day before is taken
-- back too. The caller holds the lock of the number's row. At most 20,000 reservations are read; where there are more, the marks stay.
CREATE FUNCTION zapfleet.uncount_new_contacts(p_name varchar, p_released uuid[], p_hour timestamptz, p_day timestamptz) RETURNS integer[]
LANGUAGE sql VOLATILE AS $$
  WITH marks AS MATERIALIZED (
    SELECT v.contact_id, v.new_at FROM zapfleet.conversations v
    WHERE v.instance_name = p_name AND v.new_at >= p_day - interval '1 day'
      AND v.contact_id IN (SELECT r.contact_id FROM zapfleet.reservations r WHERE r.id = ANY (p_released))
    ORDER BY 1 FOR NO KEY UPDATE),
  since AS MATERIALIZED (
    SELECT r.id, r.instance_name, r.contact_id, r.state FROM zapfleet.reservations r
    WHERE r.id >= (SELECT zapfleet.first_id(min(m.new_at) - interval '1 minute') FROM marks m) ORDER BY r.id LIMIT 20001),
  removed AS (
    UPDATE zapfleet.conversations v
    SET new_at = '-infinity', last_sent_at = CASE WHEN v.last_sent_at < m.new_at THEN v.last_sent_at END FROM marks m
    WHERE v.contact_id = m.contact_id AND v.instance_name = p_name AND (SELECT count(*) FROM since) <= 20000
      AND NOT EXISTS (SELECT FROM since s WHERE s.contact_id = m.contact_id AND s.instance_name = p_name AND s.state <> 'released'
        AND s.id <> ALL (p_released))
    RETURNING m.new_at)
  SELECT ARRAY[count(*) FILTER (WHERE new_at >= p_hour), count(*) FILTER (WHERE new_at >= p_day)]::integer[] FROM removed
$$;

-- As before, a message counts from the moment at which it goes out. Ids are made before claims, so the newest id need not have the last moment:
-- up to 100 rows of the number are compared, and of the messages that wait the last one is found by its index.
CREATE OR REPLACE FUNCTION zapfleet.last_counted(p_name varchar, p_id uuid, p_released uuid[]) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  found timestamptz;
BEGIN
  SELECT max(c.sent_at) INTO found FROM (
    (SELECT a.sent_at FROM (
       SELECT r.id, r.instance_name, r.state, coalesce(r.not_before, r.reserved_at) sent_at
       FROM zapfleet.reservations r WHERE r.id > p_id ORDER BY r.id LIMIT 256) a
     WHERE a.instance_name = p_name AND a.state <> 'released' AND a.id <> ALL (p_released))
    UNION ALL
    (SELECT b.sent_at FROM (
       SELECT r.id, r.instance_name, r.state, coalesce(r.not_before, r.reserved_at) sent_at
       FROM zapfleet.reservations r WHERE r.id < p_id ORDER BY r.id DESC LIMIT 2000) b
     WHERE b.instance_name = p_name AND b.state <> 'released' AND b.id <> ALL (p_released) LIMIT 100)) c;
  IF found IS NULL THEN
    SELECT coalesce(r.not_before, r.reserved_at) INTO found FROM zapfleet.reservations r WHERE r.id < p_id ORDER BY r.id DESC OFFSET 2000 LIMIT 1;
  END IF;
  RETURN greatest(found, (
    SELECT r.not_before FROM zapfleet.reservations r
    WHERE r.instance_name = p_name AND r.not_before IS NOT NULL AND r.state <> 'released' AND r.id <> ALL (p_released)
    ORDER BY r.not_before DESC LIMIT 1));
END
$$;

-- As before, with the columns.
CREATE OR REPLACE FUNCTION zapfleet.instance_facts(i public.whatsapp_instances) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'nome', i.nome, 'numero_telefone', i.numero_telefone, 'status', i.status,
    'capacidade_hora', i.capacidade_hora, 'capacidade_dia', i.capacidade_dia,
    'msgs_enviadas_hora', i.msgs_enviadas_hora, 'msgs_enviadas_dia', i.msgs_enviadas_dia,
    'janela_hora', i.janela_hora, 'janela_dia', i.janela_dia, 'prioridade', i.prioridade,
    'ultima_msg_at', i.ultima_msg_at, 'created_at', i.created_at, 'pausada', i.pausada,
    'pausa_motivo', i.pausa_motivo, 'drenando', i.drenando, 'duplicata_de', i.duplicata_de,
    'novos_hora', i.novos_hora, 'novos_dia', i.novos_dia,
    'novos_enviados_hora', i.novos_enviados_hora, 'novos_enviados_dia', i.novos_enviados_dia,
    'novos_janela_hora', i.novos_janela_hora, 'novos_janela_dia', i.novos_janela_dia,
    'intervalo_min_ms', i.intervalo_min_ms, 'rampa', i.rampa, 'horario', i.horario,
    'entrega', i.entrega, 'entrega_desde', i.entrega_desde, 'entrega_motivo', i.entrega_motivo,
    'restrita_desde', i.restrita_desde, 'restrita_ate', i.restrita_ate, 'restrita_fonte', i.restrita_fonte,
    'removida_em', i.removida_em, 'status_motivo', i.status_motivo, 'status_desde', i.status_desde,
    'estado_evolution', i.estado_evolution, 'verificada_em', i.verificada_em, 'silencios', i.silencios)
$$;
