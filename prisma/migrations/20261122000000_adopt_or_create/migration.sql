-- Adopts the two tables a production database may hold already, or creates them.
--
-- What must hold: no row of theirs is changed, nothing of theirs is dropped, and running this again changes nothing.
-- Columns that are added are nullable or have defaults. A constant default on ADD COLUMN is kept in the catalog, so even
-- a large table is not rewritten. Everything that cannot be adopted is said at once, before the first change.

DO $adopt$
DECLARE
  problems text[] := '{}';
  found record;
  twins text;
BEGIN
  FOR found IN
    SELECT w.tab, w.col, w.kinds, w.needed, format_type(a.atttypid, NULL) AS actual, c.relkind
    FROM (VALUES
      ('whatsapp_instances', 'nome',               'text',    true),
      ('whatsapp_instances', 'numero_telefone',    'text',    false),
      ('whatsapp_instances', 'status',             'text',    false),
      ('whatsapp_instances', 'capacidade_hora',    'integer', false),
      ('whatsapp_instances', 'capacidade_dia',     'integer', false),
      ('whatsapp_instances', 'msgs_enviadas_hora', 'integer', false),
      ('whatsapp_instances', 'msgs_enviadas_dia',  'integer', false),
      ('whatsapp_instances', 'prioridade',         'integer', false),
      ('whatsapp_instances', 'ultima_msg_at',      'instant', false),
      ('clientes',           'id',                 'any',     true),
      ('clientes',           'instancia_preferida','text',    false)
    ) AS w(tab, col, kinds, needed)
    JOIN pg_class c ON c.relname = w.tab AND c.relnamespace = 'public'::regnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.col AND NOT a.attisdropped AND a.attnum > 0
  LOOP
    IF found.relkind NOT IN ('r', 'p') THEN
      problems := array_append(problems, format('public.%s is not a table', found.tab));
    ELSIF found.actual IS NULL THEN
      IF found.needed THEN
        problems := array_append(problems, format('public.%s has no column %s', found.tab, found.col));
      END IF;
    ELSIF NOT (
      found.kinds = 'any'
      OR (found.kinds = 'text' AND found.actual IN ('character varying', 'text'))
      OR (found.kinds = 'integer' AND found.actual IN ('smallint', 'integer', 'bigint'))
      OR (found.kinds = 'instant' AND found.actual = 'timestamp with time zone')
    ) THEN
      problems := array_append(problems, format('public.%s.%s has type %s; expected %s', found.tab, found.col, found.actual,
        CASE found.kinds WHEN 'text' THEN 'varchar or text' WHEN 'integer' THEN 'smallint, integer or bigint'
                         ELSE 'timestamp with time zone' END));
    END IF;
  END LOOP;

  IF problems = '{}' AND to_regclass('public.whatsapp_instances') IS NOT NULL THEN
    EXECUTE 'SELECT string_agg(DISTINCT nome, '', '') FROM (SELECT nome FROM public.whatsapp_instances
             WHERE nome IS NOT NULL GROUP BY nome HAVING count(*) > 1 LIMIT 5) d' INTO twins;
    IF twins IS NOT NULL THEN
      problems := array_append(problems, format('public.whatsapp_instances holds the same nome more than once: %s', twins));
    END IF;
  END IF;

  IF problems <> '{}' THEN
    RAISE EXCEPTION 'zapfleet cannot adopt this database; nothing was changed: %', array_to_string(problems, '; ');
  END IF;
END
$adopt$;

CREATE SCHEMA IF NOT EXISTS zapfleet;

-- Facts about the fleet that every process must agree on; the time zone of its midnight is one.
CREATE TABLE IF NOT EXISTS zapfleet.settings (
  key   text PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE IF NOT EXISTS public.whatsapp_instances (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  nome            varchar(50) NOT NULL,
  numero_telefone varchar(20),
  status          varchar(20) DEFAULT 'disconnected',
  created_at      timestamptz DEFAULT now()
);

ALTER TABLE public.whatsapp_instances
  ADD COLUMN IF NOT EXISTS numero_telefone    varchar(20),
  ADD COLUMN IF NOT EXISTS status             varchar(20) DEFAULT 'disconnected',
  ADD COLUMN IF NOT EXISTS capacidade_hora    int DEFAULT 20,
  ADD COLUMN IF NOT EXISTS capacidade_dia     int DEFAULT 100,
  ADD COLUMN IF NOT EXISTS msgs_enviadas_hora int DEFAULT 0,
  ADD COLUMN IF NOT EXISTS msgs_enviadas_dia  int DEFAULT 0,
  ADD COLUMN IF NOT EXISTS prioridade         int DEFAULT 1,
  ADD COLUMN IF NOT EXISTS ultima_msg_at      timestamptz,
  ADD COLUMN IF NOT EXISTS created_at         timestamptz,
  -- The hour and the local day that the two counters belong to: an instant inside them. What stands in the counters when
  -- the column arrives is taken to be of now: when in doubt, a message was sent.
  ADD COLUMN IF NOT EXISTS janela_hora        timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS janela_dia         timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS pausada            boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS removida_em        timestamptz,
  -- Health: why the status, since when, Evolution's own word, the last answer, rounds without one since.
  ADD COLUMN IF NOT EXISTS status_motivo      text,
  ADD COLUMN IF NOT EXISTS status_desde       timestamptz,
  ADD COLUMN IF NOT EXISTS estado_evolution   text,
  ADD COLUMN IF NOT EXISTS verificada_em      timestamptz,
  ADD COLUMN IF NOT EXISTS silencios          int NOT NULL DEFAULT 0;

CREATE TABLE IF NOT EXISTS public.clientes (
  id text PRIMARY KEY
);

ALTER TABLE public.clientes
  ADD COLUMN IF NOT EXISTS instancia_preferida varchar(50);

DO $indexes$
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
    WHERE x.indrelid = 'public.whatsapp_instances'::regclass AND x.indisunique AND x.indisvalid AND x.indpred IS NULL
      AND x.indnkeyatts = 1 AND a.attname = 'nome'
  ) THEN
    CREATE UNIQUE INDEX whatsapp_instances_nome_key ON public.whatsapp_instances (nome);
  END IF;

  -- A clientes whose primary key is something else may have no way to find an id.
  IF NOT EXISTS (
    SELECT FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
    WHERE x.indrelid = 'public.clientes'::regclass AND x.indisvalid AND x.indpred IS NULL AND a.attname = 'id'
  ) THEN
    CREATE INDEX clientes_id_idx ON public.clientes (id);
  END IF;

  -- Counters change with every send: room on each page keeps those updates off the indexes (HOT).
  IF NOT EXISTS (
    SELECT FROM pg_class WHERE oid = 'public.whatsapp_instances'::regclass
      AND EXISTS (SELECT FROM unnest(reloptions) o WHERE o LIKE 'fillfactor=%')
  ) AND (SELECT relkind FROM pg_class WHERE oid = 'public.whatsapp_instances'::regclass) = 'r' THEN
    ALTER TABLE public.whatsapp_instances SET (fillfactor = 60);
  END IF;
END
$indexes$;

-- Contacts that are not in clientes, which is the bot's table: rows are never inserted there.
CREATE TABLE IF NOT EXISTS zapfleet.contacts (
  id                 text PRIMARY KEY,
  preferred_instance varchar(50)
) WITH (fillfactor = 80);
