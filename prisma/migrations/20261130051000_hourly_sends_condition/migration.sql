-- Each UPDATE of a number parses the condition of this trigger anew: a tenth of the claim of one reserve. What is rarely false is
-- tested by the function, which runs once an hour for each number.
CREATE OR REPLACE FUNCTION zapfleet.keep_hour() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF OLD.msgs_enviadas_hora > 0 AND length(OLD.nome) <= 50 THEN
    INSERT INTO zapfleet.hourly_sends AS kept (instance_name, hour, sent)
    VALUES (
      OLD.nome,
      NEW.janela_hora - interval '1 hour' * ceil(extract(epoch from NEW.janela_hora - OLD.janela_hora) / 3600),
      OLD.msgs_enviadas_hora
    )
    ON CONFLICT (instance_name, hour) DO UPDATE SET sent = greatest(kept.sent, excluded.sent);
  END IF;
  RETURN NULL;
END
$$;

DROP TRIGGER zapfleet_keep_hour ON public.whatsapp_instances;
CREATE TRIGGER zapfleet_keep_hour AFTER UPDATE OF janela_hora ON public.whatsapp_instances
FOR EACH ROW WHEN (OLD.janela_hora < NEW.janela_hora) EXECUTE FUNCTION zapfleet.keep_hour();
