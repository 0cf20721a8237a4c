-- A number that shows a QR code has no phone: the next scan may be another's, and is read again.
--
-- Stores which phone is paired with each of p_names (p_phones, null: keep what is stored), and which instance serves each phone.
-- An instance holds its phone while its session lasts: a line that reconnects keeps it; a ban, a logout, a close, a wait for a
-- scan and a removal end it. Of several instances with one phone the earliest serves.
--
-- The advisory lock comes first and makes calls run one after the other. Each statement of a volatile function reads what was
-- committed before it began, so the later of two calls sees what the earlier one stored. Rows are locked by name, as every writer
-- does, and only those that change. A status that another transaction changes meanwhile is seen by the call that follows it.
CREATE OR REPLACE FUNCTION zapfleet.settle_phones(p_at timestamptz, p_names text[], p_phones text[])
RETURNS TABLE (instance_name text, serves_instead text)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(72707372, 0);
  RETURN QUERY
  WITH cur AS MATERIALIZED (
    SELECT i.nome::text nome, i.fone_pareado::text old_phone, i.fone_desde old_since, i.duplicata_de::text old_holder, i.created_at,
      CASE WHEN i.removida_em IS NULL AND length(i.nome) <= 50 AND coalesce(i.status, '') <> 'banned'
          AND coalesce(i.status_motivo, '') <> 'WAITING_FOR_SCAN'
          AND (coalesce(i.status, '') <> 'disconnected' OR coalesce(i.status_motivo, '') IN ('RECONNECTING', 'RECONNECTING_TOO_LONG', 'FLAPPING'))
        THEN coalesce(g.phone, i.fone_pareado::text) END phone, i.conectada_em
    FROM public.whatsapp_instances i
    LEFT JOIN (SELECT DISTINCT ON (u.nome) u.nome, u.phone FROM unnest(p_names, p_phones) u(nome, phone)) g ON g.nome = i.nome
    WHERE i.nome IS NOT NULL AND (g.nome IS NOT NULL OR i.fone_pareado IS NOT NULL OR i.duplicata_de IS NOT NULL)),
  since AS (
    SELECT c.*, CASE WHEN c.phone IS NULL THEN NULL WHEN c.phone = c.old_phone THEN c.old_since
      ELSE coalesce(c.conectada_em, p_at, clock_timestamp()) END since
    FROM cur c),
  held AS (
    SELECT s.*, CASE WHEN s.phone IS NOT NULL THEN first_value(s.nome) OVER (
      PARTITION BY s.phone ORDER BY s.since, s.created_at NULLS FIRST, s.nome) END first_name
    FROM since s),
  nxt AS MATERIALIZED (
    SELECT h.*, nullif(h.first_name, h.nome) holder FROM held h),
  l AS MATERIALIZED (
    SELECT i.nome FROM public.whatsapp_instances i
    WHERE i.nome IN (
      SELECT n.nome FROM nxt n WHERE n.phone IS DISTINCT FROM n.old_phone OR n.since IS DISTINCT FROM n.old_since
        OR n.holder IS DISTINCT FROM n.old_holder)
    ORDER BY i.nome FOR NO KEY UPDATE OF i),
  up AS (
    UPDATE public.whatsapp_instances w
    SET fone_pareado = n.phone, fone_desde = n.since, duplicata_de = n.holder
    FROM nxt n WHERE n.nome = w.nome AND w.nome IN (SELECT l.nome FROM l)
    RETURNING w.nome::text nome, w.status::text status, w.status_motivo, n.holder, n.old_holder, w.removida_em, zapfleet.instance_facts(w) facts),
  ev AS (
    INSERT INTO zapfleet.events (id, type, instance_name, at, from_status, to_status, reason, evidence, facts)
    SELECT zapfleet.next_event_id(), 'status', up.nome, coalesce(p_at, clock_timestamp()), up.status, up.status,
      CASE WHEN up.holder IS NULL THEN up.status_motivo ELSE 'DUPLICATE_PHONE' END,
      jsonb_build_object('source', 'check', 'act', CASE WHEN up.holder IS NULL THEN 'phone_free' ELSE 'duplicate_phone' END,
        'other', coalesce(up.holder, up.old_holder)), up.facts
    FROM up WHERE up.holder IS DISTINCT FROM up.old_holder AND up.removida_em IS NULL
    RETURNING 1)
  SELECT up.nome, up.holder FROM up
  WHERE up.holder IS DISTINCT FROM up.old_holder AND (SELECT count(*) FROM ev) >= 0;
END
$$;
