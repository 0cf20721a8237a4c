-- What became of each message, whom each number has talked with, and what follows for the number.

ALTER TABLE public.whatsapp_instances
  -- Whether its messages arrive: 'ok' or 'failing'; null: no evidence either way.
  ADD COLUMN IF NOT EXISTS entrega         varchar(10),
  ADD COLUMN IF NOT EXISTS entrega_desde   timestamptz,
  -- Why it fails, for people.
  ADD COLUMN IF NOT EXISTS entrega_motivo  text,
  -- The last message that was granted as a probe while it failed.
  ADD COLUMN IF NOT EXISTS sondada_em      timestamptz,
  -- Since when WhatsApp lets it write only to people who know it; null: not restricted.
  ADD COLUMN IF NOT EXISTS restrita_desde  timestamptz,
  -- When the restriction ends; null: not known.
  ADD COLUMN IF NOT EXISTS restrita_ate    timestamptz,
  -- 'inferred' or 'operator'.
  ADD COLUMN IF NOT EXISTS restrita_fonte  varchar(10);

-- As before, with delivery and restriction.
CREATE OR REPLACE FUNCTION zapfleet.instance_facts(i public.whatsapp_instances) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'nome', i.nome, 'numero_telefone', i.numero_telefone, 'status', i.status,
    'capacidade_hora', i.capacidade_hora, 'capacidade_dia', i.capacidade_dia,
    'msgs_enviadas_hora', i.msgs_enviadas_hora, 'msgs_enviadas_dia', i.msgs_enviadas_dia,
    'janela_hora', i.janela_hora, 'janela_dia', i.janela_dia, 'prioridade', i.prioridade,
    'ultima_msg_at', i.ultima_msg_at, 'created_at', i.created_at, 'pausada', i.pausada,
    'pausa_motivo', i.pausa_motivo, 'duplicata_de', i.duplicata_de,
    'entrega', i.entrega, 'entrega_desde', i.entrega_desde, 'entrega_motivo', i.entrega_motivo,
    'restrita_desde', i.restrita_desde, 'restrita_ate', i.restrita_ate, 'restrita_fonte', i.restrita_fonte,
    'removida_em', i.removida_em, 'status_motivo', i.status_motivo, 'status_desde', i.status_desde,
    'estado_evolution', i.estado_evolution, 'verificada_em', i.verificada_em, 'silencios', i.silencios)
$$;

-- Without CHECK constraints: PostgreSQL reads the text of each one anew in every statement that inserts.
ALTER TABLE zapfleet.reservations
  -- Evolution's id of the message (key.id), from confirm or from the event of the send.
  ADD COLUMN message_id    text,
  -- Whether the contact knew the number: 'reply', 'known' or 'new'; null without a contact, and before kinds were stored.
  ADD COLUMN kind          text,
  -- The highest of sent < failed < delivered < read that was reported; null: none.
  ADD COLUMN outcome       text,
  ADD COLUMN outcome_at    timestamptz,
  ADD COLUMN outcome_error text,
  -- The first report of sent, delivered or read.
  ADD COLUMN evidence_at   timestamptz,
  -- Why it was given back: 'line_down', 'not_on_whatsapp', 'refused' or 'not_tried'; null: not told.
  ADD COLUMN release_cause text;

CREATE INDEX reservations_message_id_idx ON zapfleet.reservations (message_id) WHERE message_id IS NOT NULL;

-- Outcomes whose reservation has no message id yet. One row for each message, with the highest outcome so far.
CREATE TABLE zapfleet.unmatched_outcomes (
  message_id    text NOT NULL,
  instance_name varchar(50) NOT NULL,
  outcome       text NOT NULL,
  outcome_at    timestamptz NOT NULL,
  outcome_error text,
  evidence_at   timestamptz,
  received_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (message_id, instance_name)
);
CREATE INDEX unmatched_outcomes_received_at_idx ON zapfleet.unmatched_outcomes (received_at);

-- How many messages of each clock hour have each outcome as their highest; `prompt`: had the first good report within 60 s.
CREATE TABLE zapfleet.hourly_outcomes (
  instance_name varchar(50) NOT NULL,
  hour          timestamptz NOT NULL,
  sent          int NOT NULL DEFAULT 0,
  delivered     int NOT NULL DEFAULT 0,
  read          int NOT NULL DEFAULT 0,
  failed        int NOT NULL DEFAULT 0,
  prompt        int NOT NULL DEFAULT 0,
  PRIMARY KEY (instance_name, hour)
);

-- The last event about messages of each instance, by its source; written at most every 30 s.
CREATE TABLE zapfleet.event_coverage (
  instance_name varchar(50) NOT NULL,
  source        text NOT NULL CHECK (source IN ('instance_webhook', 'global_webhook', 'websocket', 'report', 'read_back')),
  first_at      timestamptz NOT NULL,
  last_at       timestamptz NOT NULL,
  PRIMARY KEY (instance_name, source)
);

-- When a number last sent to a contact, and last received a message from it. Sends are stored once a day.
CREATE TABLE zapfleet.conversations (
  contact_id      text NOT NULL,
  instance_name   varchar(50) NOT NULL,
  last_sent_at    timestamptz,
  last_inbound_at timestamptz,
  PRIMARY KEY (contact_id, instance_name)
);

-- Up to which moment reservations are in the conversations: one row.
CREATE TABLE zapfleet.conversations_filled (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  until  timestamptz NOT NULL
);
