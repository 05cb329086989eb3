/** The row of a run in lists, as its holder derives it from the events. */
export const SUMMARY = `
ALTER TABLE run ADD COLUMN summary jsonb;

CREATE FUNCTION check_summary() RETURNS trigger LANGUAGE plpgsql SET search_path = runbook, pg_temp AS $$
BEGIN
  IF row_security_active('run') AND NOT EXISTS (SELECT FROM worker w
    WHERE w.id = NEW.holder AND coalesce(w.login, current_user) = current_user)
  THEN
    RAISE EXCEPTION 'only its holder moves a run on' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER summed_up BEFORE UPDATE OF summary ON run FOR EACH ROW EXECUTE FUNCTION check_summary();
`;
