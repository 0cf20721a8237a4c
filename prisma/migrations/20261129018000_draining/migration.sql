-- Whether it serves only contacts who know it: it gets no new ones.
ALTER TABLE public.whatsapp_instances ADD COLUMN IF NOT EXISTS drenando boolean NOT NULL DEFAULT false;

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
    'entrega', i.entrega, 'entrega_desde', i.entrega_desde, 'entrega_motivo', i.entrega_motivo,
    'restrita_desde', i.restrita_desde, 'restrita_ate', i.restrita_ate, 'restrita_fonte', i.restrita_fonte,
    'removida_em', i.removida_em, 'status_motivo', i.status_motivo, 'status_desde', i.status_desde,
    'estado_evolution', i.estado_evolution, 'verificada_em', i.verificada_em, 'silencios', i.silencios)
$$;
