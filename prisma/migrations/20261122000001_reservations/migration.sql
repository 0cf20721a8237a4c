-- One row per counted send that reserve granted. Ids are UUID v7, so the primary key grows at its right edge.
CREATE TABLE zapfleet.reservations (
  id              uuid PRIMARY KEY,
  instance_name   varchar(50) NOT NULL,
  contact_id      text,
  strategy        text NOT NULL,
  preference      text NOT NULL,
  state           text NOT NULL DEFAULT 'reserved' CHECK (state IN ('reserved', 'confirmed', 'released')),
  idempotency_key text,
  input_hash      text,
  -- The windows that were charged: a release gives back to these only.
  hour_window     timestamptz NOT NULL,
  day_window      timestamptz NOT NULL,
  reserved_at     timestamptz NOT NULL,
  settled_at      timestamptz
) WITH (fillfactor = 85);

CREATE UNIQUE INDEX reservations_idempotency_key_key ON zapfleet.reservations (idempotency_key)
  WHERE idempotency_key IS NOT NULL;

-- Rows arrive in the order of their time: a block range index finds the old ones at almost no cost for the new ones.
CREATE INDEX reservations_reserved_at_idx ON zapfleet.reservations USING brin (reserved_at);

-- Taken inside a claim for a contact that has no number yet. Volatile functions see what was committed up to their own
-- start, so after the lock the answer is the present preference, although the claim's own snapshot is older: of two
-- first messages of one contact, in two processes, the second learns here what the first chose, in clientes as well (the
-- bot may have added the contact after the claim's snapshot). p_client is the contact as an id of clientes, or NULL.
CREATE FUNCTION zapfleet.lock_first_contact(p_id text, p_client anyelement) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  present text;
BEGIN
  PERFORM pg_advisory_xact_lock(72707370, hashtext(p_id));
  IF p_client IS NOT NULL THEN
    SELECT min(nullif(instancia_preferida, '')) INTO present FROM public.clientes WHERE id = p_client;
  END IF;
  RETURN coalesce(present, (SELECT preferred_instance FROM zapfleet.contacts WHERE id = p_id));
END
$$;

-- Counts one send that happened, even above the limit, in the windows of p_at.
CREATE FUNCTION zapfleet.record_send(p_name varchar, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  zone text := coalesce((SELECT value FROM zapfleet.settings WHERE key = 'time_zone'), 'America/Sao_Paulo');
  hour_start timestamptz := date_trunc('hour', p_at, zone);
  day_start timestamptz := date_trunc('day', p_at, zone);
BEGIN
  UPDATE public.whatsapp_instances SET
    msgs_enviadas_hora = CASE WHEN janela_hora >= hour_start THEN coalesce(msgs_enviadas_hora, 0) ELSE 0 END + 1,
    msgs_enviadas_dia = CASE WHEN janela_dia >= day_start THEN coalesce(msgs_enviadas_dia, 0) ELSE 0 END + 1,
    janela_hora = greatest(janela_hora, hour_start),
    janela_dia = greatest(janela_dia, day_start),
    ultima_msg_at = greatest(ultima_msg_at, p_at)
  WHERE nome = p_name;
END
$$;

-- The function that programs of a production database call already: its signature stays exactly as it is there.
CREATE OR REPLACE FUNCTION public.incrementar_contador_instancia(p_nome varchar) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM zapfleet.record_send(p_nome, clock_timestamp());
END
$$;

-- Its callers keep their own rights: whoever may update the instances may count a send. The settings hold no secret.
GRANT USAGE ON SCHEMA zapfleet TO PUBLIC;
GRANT SELECT ON zapfleet.settings TO PUBLIC;

-- When the last full health round read the fleet: one row, so that a round in which nothing changed writes no instance.
CREATE TABLE zapfleet.health_round (
  single     boolean PRIMARY KEY DEFAULT true CHECK (single),
  started_at timestamptz NOT NULL
);
