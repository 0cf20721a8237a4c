-- When a number last sent, without the reservations that a release gives back now. The release calls it with the row of the number
-- locked. A volatile function reads what was committed before its own start, so it sees a release that this one waited for.
--
-- p_id is the newest of p_released. Ids are in the order of their time: up to 256 rows after it (the same batch, and processes whose
-- clock is ahead) and 2,000 before it are read, and of these the three newest of this number. Where none of them is counted, the
-- number last sent before the oldest of these rows, whose moment is returned; null where there is no older row.
CREATE FUNCTION zapfleet.last_counted(p_name varchar, p_id uuid, p_released uuid[]) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  found timestamptz;
BEGIN
  SELECT max(c.reserved_at) INTO found FROM (
    (SELECT a.reserved_at FROM (
       SELECT r.id, r.instance_name, r.state, r.reserved_at FROM zapfleet.reservations r WHERE r.id > p_id ORDER BY r.id LIMIT 256) a
     WHERE a.instance_name = p_name AND a.state <> 'released' AND a.id <> ALL (p_released))
    UNION ALL
    (SELECT b.reserved_at FROM (
       SELECT r.id, r.instance_name, r.state, r.reserved_at FROM zapfleet.reservations r WHERE r.id < p_id ORDER BY r.id DESC LIMIT 2000) b
     WHERE b.instance_name = p_name AND b.state <> 'released' AND b.id <> ALL (p_released) LIMIT 3)) c;
  IF found IS NULL THEN
    SELECT r.reserved_at INTO found FROM zapfleet.reservations r WHERE r.id < p_id ORDER BY r.id DESC OFFSET 2000 LIMIT 1;
  END IF;
  RETURN found;
END
$$;
