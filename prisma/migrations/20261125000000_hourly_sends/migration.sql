-- What each instance sent in the hours that are over, so that people can look back. The present hour is in its own row.
CREATE TABLE zapfleet.hourly_sends (
  instance_name varchar(50) NOT NULL,
  -- The start of the hour.
  hour          timestamptz NOT NULL,
  sent          bigint NOT NULL,
  PRIMARY KEY (instance_name, hour)
);

-- Rows arrive in the order of their time, as reservations do.
CREATE INDEX hourly_sends_hour_idx ON zapfleet.hourly_sends USING brin (hour);

-- Keeps the count of the hour that a row leaves. Whoever moves the window on (a claim, a reset, a send of another program) writes
-- it by this, once an hour for each instance that sent; a claim within the hour pays one comparison. The windows' starts may be at
-- any minute of an hour of UTC, as the fleet's time zone has it, and an adopted row's first window may lie inside its hour: the
-- step back from the new start finds the old one. Security definer: programs that may update instances need no right here.
CREATE FUNCTION zapfleet.keep_hour() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO zapfleet.hourly_sends AS kept (instance_name, hour, sent)
  VALUES (
    OLD.nome,
    NEW.janela_hora - interval '1 hour' * ceil(extract(epoch from NEW.janela_hora - OLD.janela_hora) / 3600),
    OLD.msgs_enviadas_hora
  )
  ON CONFLICT (instance_name, hour) DO UPDATE SET sent = greatest(kept.sent, excluded.sent);
  RETURN NULL;
END
$$;

CREATE TRIGGER zapfleet_keep_hour AFTER UPDATE OF janela_hora ON public.whatsapp_instances
FOR EACH ROW
WHEN (OLD.janela_hora < NEW.janela_hora AND OLD.msgs_enviadas_hora > 0 AND length(OLD.nome) <= 50)
EXECUTE FUNCTION zapfleet.keep_hour();
