-- Tags of a number: each names a pool that it belongs to.
ALTER TABLE public.whatsapp_instances ADD COLUMN IF NOT EXISTS etiquetas text[] NOT NULL DEFAULT '{}';

-- As before, with the column.
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
    'intervalo_min_ms', i.intervalo_min_ms, 'etiquetas', to_jsonb(i.etiquetas), 'rampa', i.rampa, 'horario', i.horario,
    'entrega', i.entrega, 'entrega_desde', i.entrega_desde, 'entrega_motivo', i.entrega_motivo,
    'restrita_desde', i.restrita_desde, 'restrita_ate', i.restrita_ate, 'restrita_fonte', i.restrita_fonte,
    'removida_em', i.removida_em, 'status_motivo', i.status_motivo, 'status_desde', i.status_desde,
    'estado_evolution', i.estado_evolution, 'verificada_em', i.verificada_em, 'silencios', i.silencios)
$$;

-- The number of a contact in a pool. A contact without a row there begins with its number outside of pools, where that one is in the pool.
CREATE TABLE zapfleet.pool_contacts (
  contact_id         text NOT NULL,
  pool               text NOT NULL,
  preferred_instance varchar(50) NOT NULL,
  -- The newest message that the contact wrote to a number of the pool.
  last_inbound_at    timestamptz,
  PRIMARY KEY (contact_id, pool)
);

-- Taken inside a claim for a contact that has no number in the pool yet. Returns the state of the contact and its number there, as they
-- are after the lock. In a condition, as in lock_new_contact.
CREATE FUNCTION zapfleet.lock_pool_contact(p_id text, p_pool text) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  found text[];
BEGIN
  IF pg_advisory_xact_lock(72707371, hashtext(p_pool || chr(31) || p_id)) IS NULL THEN
    RAISE EXCEPTION 'no lock';
  END IF;
  SELECT ARRAY[
    (SELECT s.state FROM zapfleet.contacts s WHERE s.id = p_id),
    (SELECT p.preferred_instance FROM zapfleet.pool_contacts p WHERE p.contact_id = p_id AND p.pool = p_pool)] INTO found;
  RETURN found;
END
$$;

-- Gives the numbers of one contact in pools to another, where that has none: their ids are of one person now.
CREATE FUNCTION zapfleet.move_pool_contacts(p_from text, p_to text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO zapfleet.pool_contacts AS p (contact_id, pool, preferred_instance, last_inbound_at)
  SELECT p_to, o.pool, o.preferred_instance, o.last_inbound_at FROM zapfleet.pool_contacts o WHERE o.contact_id = p_from ORDER BY o.pool
  ON CONFLICT (contact_id, pool) DO NOTHING;
  DELETE FROM zapfleet.pool_contacts WHERE contact_id = p_from;
END
$$;

-- The pool that a message was reserved in; null: none.
ALTER TABLE zapfleet.reservations ADD COLUMN pool text;

-- The pools that a key is bound to; empty: it is not bound, and sees the whole fleet.
ALTER TABLE zapfleet.api_keys ADD COLUMN pools text[] NOT NULL DEFAULT '{}';
