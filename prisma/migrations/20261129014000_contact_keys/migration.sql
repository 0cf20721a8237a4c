-- One key for all ids under which programs write a person, and the rows of before under it. The rules are those of contactKey in
-- packages/core/src/contact/contact-key.ts; a twin test compares them.

-- A phone in digits with its country code: a Brazilian mobile number with the ninth digit, any other as it is. Without captures, which
-- cost several times the match.
CREATE FUNCTION zapfleet.with_ninth_digit(p_digits text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN length(p_digits) = 12 AND p_digits ~ '^55(?:[14689][1-9]|2[12478]|3[1-578]|5[13-5]|7[13-579])[6-9][0-9]{7}$'
    THEN left(p_digits, 4) || '9' || substr(p_digits, 5) ELSE p_digits END
$$;

-- `p_country`: where a phone with its area code in brackets and no country code belongs. Only those of Brazil are read here; elsewhere
-- such an id is its own key, so its row is never joined to a wrong one.
CREATE FUNCTION zapfleet.contact_key(p_id text, p_country text DEFAULT 'BR') RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  blanks  constant text := '\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
  around  constant text := '^[' || blanks || ']+|[' || blanks || ']+$';
  phones  constant text := '^[1-9][0-9]{6,14}$';
  t       text := p_id;
  plain   text;
  phone   text;
  at      int;
BEGIN
  IF t ~ '^[0-9]+$' THEN
    RETURN zapfleet.with_ninth_digit(t);
  END IF;
  IF t !~ '^[!-~](?:[ -~]*[!-~])?$' THEN
    t := regexp_replace(t, around, '', 'g');
    plain := regexp_replace(t, '[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]', '', 'g');
    plain := regexp_replace(plain, '[\u2010-\u2015\u2212]', '-', 'g');
    plain := regexp_replace(plain, '[\u00a0\u2000-\u200a\u202f]', ' ', 'g');
    plain := regexp_replace(plain, around, '', 'g');
    IF t ~ '^[0-9]+$' THEN
      RETURN zapfleet.with_ninth_digit(t);
    END IF;
  ELSE
    plain := t;
  END IF;
  at := strpos(t, '@');
  IF at > 0 AND t ~ '^[+]?[0-9]+(?:[:][0-9]+)?@' THEN
    phone := ltrim(split_part(left(t, at - 1), ':', 1), '+');
    RETURN CASE
      WHEN substr(t, at) IN ('@s.whatsapp.net', '@c.us') AND phone ~ phones THEN zapfleet.with_ninth_digit(phone)
      WHEN substr(t, at) = '@lid' AND NOT starts_with(t, '+') THEN phone || '@lid'
      ELSE t END;
  END IF;
  IF plain ~ '^(?:[+]|[(][+])[0-9 ().\-/]{6,40}$' THEN
    phone := regexp_replace(plain, '[^0-9]', '', 'g');
    IF starts_with(phone, '550') THEN
      phone := '55' || ltrim(substr(phone, 3), '0');
    END IF;
    RETURN CASE WHEN phone ~ phones THEN zapfleet.with_ninth_digit(phone) ELSE t END;
  END IF;
  IF p_country <> 'BR' OR plain !~ '^[0-9 ]{0,6}[(][0-9]{1,5}[)][0-9 .\-/]{4,30}$' THEN
    RETURN t;
  END IF;
  phone := ltrim(regexp_replace(plain, '[^0-9]', '', 'g'), '0');
  IF length(phone) > 11 AND starts_with(phone, '55') THEN
    phone := regexp_replace(substr(phone, 3), '^0', '');
  END IF;
  RETURN CASE WHEN phone ~ '^(?:[14689][1-9]|2[12478]|3[1-578]|5[13-5]|7[13-579])(?:[2-9]|9[0-9])[0-9]{7}$'
    THEN zapfleet.with_ninth_digit('55' || phone) ELSE t END;
END
$$;

-- The form without the ninth digit of the key of a Brazilian mobile number; null for any other key.
CREATE FUNCTION zapfleet.short_contact_form(p_key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN length(p_key) = 13 AND substr(p_key, 5, 1) = '9' AND zapfleet.with_ninth_digit(left(p_key, 4) || substr(p_key, 6)) = p_key
    THEN left(p_key, 4) || substr(p_key, 6) END
$$;

-- False for ids that are their own keys for sure. Much cheaper than contact_key. Not STRICT: the planner would not inline it.
CREATE FUNCTION zapfleet.may_be_form(p_id text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (length(p_id) = 12 AND p_id LIKE '55%') OR right(p_id, 15) = '@s.whatsapp.net' OR right(p_id, 5) = '@c.us'
    OR (right(p_id, 4) = '@lid' AND strpos(p_id, ':') > 0) OR strpos(p_id, '+') > 0 OR strpos(p_id, '(') > 0
$$;

-- The rows that may have to be merged: few or none, so looking for them reads neither table.
CREATE INDEX contacts_form_idx ON zapfleet.contacts (id) WHERE zapfleet.may_be_form(id);
CREATE INDEX conversations_form_idx ON zapfleet.conversations (contact_id, instance_name) WHERE zapfleet.may_be_form(contact_id);

-- The type of clientes.id as a cast; null where no phone can be an id.
CREATE FUNCTION zapfleet.clients_type() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE format_type(a.atttypid, NULL) WHEN 'bigint' THEN 'bigint' WHEN 'text' THEN 'text' WHEN 'character varying' THEN 'text' END
  FROM pg_attribute a WHERE a.attrelid = 'public.clientes'::regclass AND a.attname = 'id' AND NOT a.attisdropped
$$;

-- When the keys came: programs of the release before may still read the rows of forms until a day later.
INSERT INTO zapfleet.settings (key, value) VALUES ('contact_keys_since', clock_timestamp()::text);

-- Whether the rows of forms are removed by now.
CREATE FUNCTION zapfleet.are_forms_removed() RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT value::timestamptz FROM zapfleet.settings WHERE key = 'contact_keys_since'), '-infinity')
    < clock_timestamp() - interval '1 day'
$$;

-- The next functions read a page of one table each: the `p_rows` rows after `p_after` (null: from the first) whose ids may be forms. They
-- return the last row that they read, null at the end, and the ids whose rows must be merged with those of their keys. Without
-- `p_removes` these are the ones that hold something which the rows of the key do not, with it all of them.
CREATE FUNCTION zapfleet.forms_of_contacts(p_country text, p_removes boolean, p_after text[], p_rows int, OUT last text[], OUT keys text[], OUT forms text[])
LANGUAGE sql STABLE AS $$
  WITH page AS MATERIALIZED (
    SELECT s.* FROM zapfleet.contacts s WHERE zapfleet.may_be_form(s.id) AND s.id > coalesce(p_after[1], '') ORDER BY s.id LIMIT p_rows),
  form AS (
    SELECT k.key, page.id FROM page CROSS JOIN LATERAL (SELECT zapfleet.contact_key(page.id, p_country) OFFSET 0) k(key)
    LEFT JOIN LATERAL (SELECT s.* FROM zapfleet.contacts s WHERE s.id = k.key AND k.key <> page.id OFFSET 0) o ON true
    WHERE k.key <> page.id AND page.state IS NULL AND page.unlinked_at IS NULL AND o.state IS NULL AND o.unlinked_at IS NULL
      AND (p_removes OR page.preferred_instance <> '' AND o.preferred_instance IS DISTINCT FROM page.preferred_instance
        OR page.last_inbound_at IS NOT NULL AND coalesce(o.last_inbound_at < page.last_inbound_at, true)))
  SELECT CASE WHEN (SELECT count(*) FROM page) = p_rows THEN (SELECT ARRAY[page.id] FROM page ORDER BY page.id DESC LIMIT 1) END, array_agg(form.key), array_agg(form.id) FROM form
$$;

CREATE FUNCTION zapfleet.forms_of_conversations(p_country text, p_removes boolean, p_after text[], p_rows int, OUT last text[], OUT keys text[], OUT forms text[])
LANGUAGE sql STABLE AS $$
  WITH page AS MATERIALIZED (
    SELECT v.* FROM zapfleet.conversations v
    WHERE zapfleet.may_be_form(v.contact_id) AND (v.contact_id, v.instance_name) > (coalesce(p_after[1], ''), coalesce(p_after[2], ''))
    ORDER BY v.contact_id, v.instance_name LIMIT p_rows),
  form AS (
    SELECT DISTINCT k.key, page.contact_id id FROM page CROSS JOIN LATERAL (SELECT zapfleet.contact_key(page.contact_id, p_country) OFFSET 0) k(key)
    LEFT JOIN LATERAL (
      SELECT v.* FROM zapfleet.conversations v WHERE v.contact_id = k.key AND v.instance_name = page.instance_name AND k.key <> page.contact_id OFFSET 0) o ON true
    WHERE k.key <> page.contact_id
      AND (p_removes OR o.contact_id IS NULL
        OR page.last_sent_at IS NOT NULL AND coalesce(o.last_sent_at < page.last_sent_at, true)
        OR page.last_inbound_at IS NOT NULL AND coalesce(o.last_inbound_at < page.last_inbound_at, true))
      AND NOT EXISTS (
        SELECT FROM zapfleet.contacts s WHERE s.id = ANY (ARRAY[k.key, page.contact_id]) AND (s.state IS NOT NULL OR s.unlinked_at IS NOT NULL)))
  SELECT CASE WHEN (SELECT count(*) FROM page) = p_rows THEN (
      SELECT ARRAY[page.contact_id, page.instance_name] FROM page ORDER BY page.contact_id DESC, page.instance_name DESC LIMIT 1) END,
    array_agg(form.key), array_agg(form.id) FROM form
$$;

-- Of clientes, whose rows stay: ids that disagree with the other rows of the contact. The page has all ids, since the table is the bot's
-- and gets no index for this.
CREATE FUNCTION zapfleet.forms_of_clients(p_country text, p_after text[], p_rows int, OUT last text[], OUT keys text[], OUT forms text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
  client_type text := zapfleet.clients_type();
BEGIN
  IF client_type IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format($query$
    WITH page AS MATERIALIZED (
      SELECT c.id, nullif(c.instancia_preferida, '') preferred FROM public.clientes c %2$s ORDER BY c.id LIMIT $3),
    maybe AS MATERIALIZED (SELECT page.* FROM page WHERE zapfleet.may_be_form(page.id::text)),
    form AS (
      SELECT k.key, maybe.id::text id FROM maybe CROSS JOIN LATERAL (SELECT zapfleet.contact_key(maybe.id::text, $1) OFFSET 0) k(key)
      LEFT JOIN LATERAL (
        SELECT nullif(s.preferred_instance, '') preferred, s.state, s.unlinked_at FROM zapfleet.contacts s WHERE s.id = k.key AND k.key <> maybe.id::text OFFSET 0) s ON true
      LEFT JOIN LATERAL (
        SELECT count(*) n, bool_or(nullif(c.instancia_preferida, '') IS DISTINCT FROM maybe.preferred) differs FROM public.clientes c
        WHERE k.key <> maybe.id::text AND c.id = ANY (ARRAY[k.key::%1$s, zapfleet.short_contact_form(k.key)::%1$s]) OFFSET 0) o ON true
      WHERE k.key <> maybe.id::text AND s.state IS NULL AND s.unlinked_at IS NULL
        AND (s.preferred IS DISTINCT FROM maybe.preferred AND s.preferred IS NOT NULL OR o.differs
          -- Reserves look in clientes under the two forms in digits only.
          OR maybe.preferred IS NOT NULL AND s.preferred IS NULL AND o.n = 0))
    SELECT CASE WHEN (SELECT count(*) FROM page) = $3 THEN (SELECT ARRAY[page.id::text] FROM page ORDER BY page.id DESC LIMIT 1) END,
      array_agg(form.key), array_agg(form.id) FROM form
  $query$, client_type, CASE WHEN p_after IS NULL THEN '' ELSE format('WHERE c.id > $2[1]::%s', client_type) END)
  INTO last, keys, forms USING p_country, p_after, p_rows;
END
$$;

-- Merges the rows of these forms with those of their keys. Of each contact, the preference that was written last is written to all its
-- rows of clientes and of contacts; conversations get the later of each moment. With `p_removes` the rows of forms are deleted from
-- contacts and conversations; without, they stay, in agreement, for programs of an older release. Returns how many rows it wrote.
--
-- Which preference was written last: the one whose number has the latest conversation with that form; where a form has none, the row that
-- was written by the younger transaction.
--
-- Locks in the order of a claim: clientes by id, contacts by id, first contacts by hash, then conversations. It waits for none of the
-- first three: a bot may hold a row of clientes while it waits for a reserve. A contact of which a row is locked by another transaction,
-- or that has a `state`, is left as it is. `p_is_alone`: no other transaction can write contacts.
CREATE FUNCTION zapfleet.merge_contacts(p_keys text[], p_forms text[], p_removes boolean, p_is_alone boolean DEFAULT false) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  client_type    text := zapfleet.clients_type();
  -- The forms that the column can hold.
  fits           text := CASE client_type WHEN 'bigint' THEN '^[1-9][0-9]{0,17}$' ELSE '' END;
  ids            text[];
  locked_clients text[] := '{}';
  locked_sides   text[];
  locked_keys    text[];
  written        int;
BEGIN
  SELECT coalesce(array_agg(DISTINCT x.id), '{}') INTO ids FROM (
    SELECT unnest(p_forms) UNION ALL SELECT unnest(p_keys) UNION ALL SELECT zapfleet.short_contact_form(k) FROM unnest(p_keys) k) x(id)
  WHERE x.id IS NOT NULL;

  IF client_type IS NOT NULL THEN
    EXECUTE format($query$
      SELECT coalesce(array_agg(l.id), '{}') FROM (
        SELECT c.id::text id FROM public.clientes c WHERE c.id = ANY (ARRAY(SELECT x::%1$s FROM unnest($1) x WHERE x ~ %2$L))
        ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED) l
    $query$, client_type, fits) INTO locked_clients USING ids;
  END IF;
  SELECT coalesce(array_agg(l.id), '{}') INTO locked_sides FROM (
    SELECT s.id FROM zapfleet.contacts s WHERE s.id = ANY (ids) ORDER BY s.id FOR UPDATE SKIP LOCKED) l;
  SELECT coalesce(array_agg(l.key), '{}') INTO locked_keys FROM (
    SELECT k.key FROM (
      SELECT DISTINCT k.key, hashtext(k.key) hash FROM unnest(p_keys) k(key)
      WHERE NOT EXISTS (SELECT FROM unnest(locked_sides) s(id) WHERE s.id = k.key) ORDER BY 2, 1) k
    WHERE p_is_alone OR pg_try_advisory_xact_lock(72707370, k.hash)) l;
  PERFORM count(*) FROM (
    SELECT FROM zapfleet.conversations v WHERE v.contact_id = ANY (ids) ORDER BY v.contact_id, v.instance_name FOR UPDATE) v;

  -- A new statement reads the rows as they are under the locks. Rows that came meanwhile are not locked, so their contacts are left.
  EXECUTE format($query$
    WITH form AS MATERIALIZED (
      SELECT DISTINCT f.key, f.id FROM (
        SELECT unnest($1), unnest($2) UNION ALL SELECT k, k FROM unnest($1) k UNION ALL SELECT k, zapfleet.short_contact_form(k) FROM unnest($1) k) f(key, id)
      WHERE f.id IS NOT NULL),
    client AS MATERIALIZED (
      SELECT f.key, f.id, min(c.preferred) preferred, min(c.age) age, count(*) n
      FROM form f JOIN (%1$s) c ON c.id = %2$s GROUP BY 1, 2),
    side AS MATERIALIZED (
      SELECT f.key, s.id, nullif(s.preferred_instance, '') preferred, age(s.xmin) age, s.last_inbound_at, s.last_inbound_instance,
        s.state IS NULL AND s.unlinked_at IS NULL AND l.id IS NOT NULL is_free
      FROM form f JOIN zapfleet.contacts s ON s.id = f.id LEFT JOIN unnest($4) l(id) ON l.id = s.id),
    merged AS MATERIALIZED (
      SELECT form.key FROM form
      EXCEPT SELECT c.key FROM client c LEFT JOIN (SELECT l.id, count(*) n FROM unnest($3) l(id) GROUP BY 1) l ON l.id = c.id WHERE l.n IS DISTINCT FROM c.n
      EXCEPT SELECT side.key FROM side WHERE NOT side.is_free
      EXCEPT (SELECT form.key FROM form EXCEPT SELECT side.key FROM side WHERE side.id = side.key EXCEPT SELECT unnest($5))),
    candidate AS MATERIALIZED (
      SELECT f.key, f.id, coalesce(c.preferred, s.preferred) preferred, CASE WHEN c.preferred IS NULL THEN s.age ELSE c.age END age
      FROM merged JOIN form f USING (key) LEFT JOIN client c ON c.key = f.key AND c.id = f.id LEFT JOIN side s ON s.key = f.key AND s.id = f.id
      WHERE coalesce(c.preferred, s.preferred) IS NOT NULL),
    dated AS MATERIALIZED (
      SELECT c.key, c.id, c.preferred, c.age, max(greatest(v.last_sent_at, v.last_inbound_at)) at
      FROM candidate c LEFT JOIN zapfleet.conversations v ON v.contact_id = ANY (ARRAY[c.id, c.key]) AND v.instance_name = c.preferred
      GROUP BY 1, 2, 3, 4),
    winner AS MATERIALIZED (
      SELECT DISTINCT ON (d.key) d.key, d.preferred
      FROM (SELECT dated.*, bool_and(dated.at IS NOT NULL) OVER (PARTITION BY dated.key) is_dated FROM dated) d
      ORDER BY d.key, CASE WHEN d.is_dated THEN d.at END DESC NULLS LAST, d.age, d.at DESC NULLS LAST, d.id = d.key DESC, d.id),
    inbound AS MATERIALIZED (
      SELECT DISTINCT ON (side.key) side.key, side.last_inbound_at, side.last_inbound_instance
      FROM side WHERE side.last_inbound_at IS NOT NULL ORDER BY side.key, side.last_inbound_at DESC),
    with_side AS MATERIALIZED (SELECT DISTINCT side.key FROM side),
    -- Reserves look in clientes under the two forms in digits only.
    with_client AS MATERIALIZED (SELECT DISTINCT c.key FROM client c WHERE c.id::text = ANY (ARRAY[c.key, zapfleet.short_contact_form(c.key)])),
    updated_clients AS (%3$s),
    written_keys AS (
      INSERT INTO zapfleet.contacts AS o (id, preferred_instance, last_inbound_at, last_inbound_instance)
      SELECT merged.key, winner.preferred, inbound.last_inbound_at, inbound.last_inbound_instance
      FROM merged LEFT JOIN winner USING (key) LEFT JOIN inbound USING (key) LEFT JOIN with_side USING (key) LEFT JOIN with_client USING (key)
      WHERE (winner.key IS NOT NULL OR inbound.key IS NOT NULL)
        AND (with_side.key IS NOT NULL OR with_client.key IS NULL)
      ORDER BY 1
      ON CONFLICT (id) DO UPDATE SET preferred_instance = excluded.preferred_instance, last_inbound_at = excluded.last_inbound_at,
        last_inbound_instance = excluded.last_inbound_instance
      WHERE (o.preferred_instance, o.last_inbound_at) IS DISTINCT FROM (excluded.preferred_instance, excluded.last_inbound_at)
      RETURNING 1),
    updated_forms AS (
      UPDATE zapfleet.contacts o SET preferred_instance = winner.preferred FROM side JOIN winner USING (key)
      WHERE NOT $6 AND o.id = side.id AND side.id <> side.key AND o.preferred_instance IS DISTINCT FROM winner.preferred RETURNING 1),
    removed_forms AS (
      DELETE FROM zapfleet.contacts o USING side JOIN merged USING (key) WHERE $6 AND o.id = side.id AND side.id <> side.key RETURNING 1),
    written_talks AS (
      INSERT INTO zapfleet.conversations AS o (contact_id, instance_name, last_sent_at, last_inbound_at)
      SELECT merged.key, v.instance_name, max(v.last_sent_at), max(v.last_inbound_at)
      FROM merged JOIN form f USING (key) JOIN zapfleet.conversations v ON v.contact_id = f.id
      GROUP BY 1, 2 HAVING bool_or(v.contact_id <> merged.key) ORDER BY 1, 2
      ON CONFLICT (contact_id, instance_name) DO UPDATE SET last_sent_at = greatest(o.last_sent_at, excluded.last_sent_at),
        last_inbound_at = greatest(o.last_inbound_at, excluded.last_inbound_at)
      WHERE (o.last_sent_at, o.last_inbound_at) IS DISTINCT FROM
        (greatest(o.last_sent_at, excluded.last_sent_at), greatest(o.last_inbound_at, excluded.last_inbound_at))
      RETURNING 1),
    removed_talks AS (
      DELETE FROM zapfleet.conversations o USING merged JOIN form f USING (key) WHERE $6 AND o.contact_id = f.id AND f.id <> f.key RETURNING 1)
    SELECT (SELECT count(*) FROM updated_clients) + (SELECT count(*) FROM written_keys) + (SELECT count(*) FROM updated_forms)
      + (SELECT count(*) FROM removed_forms) + (SELECT count(*) FROM written_talks) + (SELECT count(*) FROM removed_talks)
  $query$,
    CASE WHEN client_type IS NULL THEN 'SELECT NULL::text id, NULL::text preferred, NULL::int age WHERE false'
      ELSE $sql$SELECT c.id, nullif(c.instancia_preferida, '') preferred, age(c.xmin) age FROM public.clientes c$sql$ END,
    CASE WHEN client_type = 'bigint' THEN format('CASE WHEN f.id ~ %L THEN f.id::bigint END', fits) ELSE 'f.id' END,
    CASE WHEN client_type IS NULL THEN 'SELECT WHERE false'
      ELSE format('UPDATE public.clientes c SET instancia_preferida = winner.preferred FROM client f JOIN winner USING (key)
        WHERE c.id = %s AND c.instancia_preferida IS DISTINCT FROM winner.preferred RETURNING 1',
        CASE WHEN client_type = 'bigint' THEN 'f.id::bigint' ELSE 'f.id' END) END
  ) INTO written USING p_keys, p_forms, locked_clients, locked_sides, locked_keys, p_removes;
  RETURN written;
END
$$;

-- Merges all forms in one transaction, while no other one gives a contact a number. Returns how many rows it wrote; again: none.
CREATE FUNCTION zapfleet.merge_contact_forms(p_country text DEFAULT 'BR', p_removes boolean DEFAULT zapfleet.are_forms_removed()) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  sources constant text[] := '{contacts,conversations,clients}';
  -- Small enough for the memory of one sort.
  page_rows constant int := 2000;
  source  text;
  last    text[];
  keys    text[];
  forms   text[];
  written int := 0;
BEGIN
  -- A claim takes its snapshot after this lock, and reads what is merged.
  LOCK TABLE zapfleet.contacts, zapfleet.conversations IN SHARE ROW EXCLUSIVE MODE;
  FOREACH source IN ARRAY sources LOOP
    last := NULL;
    LOOP
      IF source = 'contacts' THEN
        SELECT f.* INTO last, keys, forms FROM zapfleet.forms_of_contacts(p_country, p_removes, last, page_rows) f;
      ELSIF source = 'conversations' THEN
        SELECT f.* INTO last, keys, forms FROM zapfleet.forms_of_conversations(p_country, p_removes, last, page_rows) f;
      ELSE
        SELECT f.* INTO last, keys, forms FROM zapfleet.forms_of_clients(p_country, last, page_rows) f;
      END IF;
      IF keys IS NOT NULL THEN
        written := written + zapfleet.merge_contacts(keys, forms, p_removes, true);
      END IF;
      EXIT WHEN last IS NULL;
    END LOOP;
  END LOOP;
  RETURN written;
END
$$;

-- The country of the fleet is not known here, so phones with their area code in brackets wait for the scheduler.
SELECT zapfleet.merge_contact_forms('', false);
