-- What happened to the instances: the history of every change of status, and the live stream of all changes.
-- One row each. An id is taken under a lock that is held until the commit, so ids become visible in their order: who
-- resumes after the last id it saw misses nothing.
CREATE TABLE zapfleet.events (
  id            bigint PRIMARY KEY,
  type          text NOT NULL CHECK (type IN ('created', 'status', 'settings', 'deleted')),
  instance_name varchar(50) NOT NULL,
  at            timestamptz NOT NULL,
  -- For 'status': what it was, what it became, why, and what was seen.
  from_status   text,
  to_status     text,
  reason        text,
  evidence      jsonb,
  -- The instance as it was right after the change: zapfleet's own columns, by their names in the table.
  facts         jsonb NOT NULL
);

CREATE INDEX events_instance_idx ON zapfleet.events (instance_name, id DESC);
CREATE INDEX events_at_idx ON zapfleet.events USING brin (at);

CREATE SEQUENCE zapfleet.event_ids OWNED BY zapfleet.events.id;

-- Locks come last in the order of every writer: instances by name first, then this.
CREATE FUNCTION zapfleet.next_event_id() RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(72707371, 0);
  PERFORM pg_notify('zapfleet_events', '');
  RETURN nextval('zapfleet.event_ids');
END
$$;

-- Only our columns: a production table may hold secrets of others.
CREATE FUNCTION zapfleet.instance_facts(i public.whatsapp_instances) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'nome', i.nome, 'numero_telefone', i.numero_telefone, 'status', i.status,
    'capacidade_hora', i.capacidade_hora, 'capacidade_dia', i.capacidade_dia,
    'msgs_enviadas_hora', i.msgs_enviadas_hora, 'msgs_enviadas_dia', i.msgs_enviadas_dia,
    'janela_hora', i.janela_hora, 'janela_dia', i.janela_dia, 'prioridade', i.prioridade,
    'ultima_msg_at', i.ultima_msg_at, 'created_at', i.created_at, 'pausada', i.pausada,
    'removida_em', i.removida_em, 'status_motivo', i.status_motivo, 'status_desde', i.status_desde,
    'estado_evolution', i.estado_evolution, 'verificada_em', i.verificada_em, 'silencios', i.silencios)
$$;

-- What telling a blip from flapping, and an old ban from a new one, needs: the last two falls, and since when the present
-- session has been open. And Evolution's restart: until when falls of many numbers at once are not believed.
ALTER TABLE public.whatsapp_instances
  ADD COLUMN IF NOT EXISTS conectada_em   timestamptz,
  ADD COLUMN IF NOT EXISTS queda_anterior timestamptz,
  ADD COLUMN IF NOT EXISTS ultima_queda   timestamptz;
ALTER TABLE zapfleet.health_round ADD COLUMN grace_until timestamptz;

-- Secrets of the fleet that every process must know, such as the one in its webhooks' header. Nobody else may read them.
CREATE TABLE zapfleet.secrets (
  name  text PRIMARY KEY,
  value text NOT NULL
);
