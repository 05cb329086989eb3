/**
 * Who holds a run is alive or draining: both sides of it are checked, and each waits for the other. Runs
 * that a worker took with it when it left are freed.
 */
export const HOLDERS = `
UPDATE run SET holder = NULL, epoch = epoch + 1, leg = NULL, changed_at = now()
FROM worker w WHERE w.id = holder AND w.state NOT IN ('alive', 'draining');

CREATE FUNCTION check_holder() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = runbook, pg_temp AS $$
BEGIN
  PERFORM FROM worker WHERE id = NEW.holder AND state IN ('alive', 'draining') FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'worker % has ended and holds no run', NEW.holder USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER holder_lives BEFORE INSERT OR UPDATE OF holder ON run
  FOR EACH ROW WHEN (NEW.holder IS NOT NULL) EXECUTE FUNCTION check_holder();

CREATE FUNCTION check_ended() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = runbook, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM run WHERE holder = NEW.id) THEN
    RAISE EXCEPTION 'worker % holds runs and cannot end', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ended_holds_nothing AFTER UPDATE OF state ON worker DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state NOT IN ('alive', 'draining')) EXECUTE FUNCTION check_ended();
`;
