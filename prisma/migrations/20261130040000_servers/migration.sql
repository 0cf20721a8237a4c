-- Evolution API servers beside the one of EVOLUTION_API_URL, which is named default and has no row.
CREATE TABLE zapfleet.servers (
  name       varchar(50) PRIMARY KEY,
  url        text NOT NULL,
  -- Encrypted with ZAPFLEET_SECRET.
  sealed_key text NOT NULL,
  added_at   timestamptz NOT NULL DEFAULT now()
);

-- The server of a number, and the one that it moves to. Null: the default server; no move.
ALTER TABLE public.whatsapp_instances ADD COLUMN IF NOT EXISTS servidor varchar(50);
ALTER TABLE public.whatsapp_instances ADD COLUMN IF NOT EXISTS mudando_para varchar(50);

-- As before, with the two columns.
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
    'servidor', i.servidor, 'mudando_para', i.mudando_para, 'removida_em', i.removida_em, 'status_motivo', i.status_motivo, 'status_desde', i.status_desde,
    'estado_evolution', i.estado_evolution, 'verificada_em', i.verificada_em, 'silencios', i.silencios)
$$;

-- Instances that a server still has although the number is served by another one, or by none: they are deleted there from due_at on.
CREATE TABLE zapfleet.leftovers (
  instance_name varchar(50) NOT NULL,
  server        varchar(50) NOT NULL,
  due_at        timestamptz NOT NULL,
  PRIMARY KEY (instance_name, server)
);

-- When the last full health round read the instances of each server: one that does not answer delays the rounds of no other one. Processes
-- of the release before read and write health_round, which has one row, while they are replaced, and after a return to that release.
CREATE TABLE zapfleet.server_rounds (
  server      varchar(50) PRIMARY KEY DEFAULT 'default',
  started_at  timestamptz NOT NULL,
  grace_until timestamptz
);
INSERT INTO zapfleet.server_rounds (started_at, grace_until) SELECT started_at, grace_until FROM zapfleet.health_round;
