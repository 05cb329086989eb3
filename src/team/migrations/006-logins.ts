/**
 * The database roles of processes, which only the owner writes, and what row security cannot say: only
 * the holder of a run moves it on, and writes its next lines. Roles that had rights before get any label.
 */
export const LOGINS = `
CREATE TABLE login (
  role text PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('server', 'worker')),
  labels text[] NOT NULL);
INSERT INTO login
SELECT DISTINCT r.rolname,
  CASE WHEN has_table_privilege(r.oid, 'run_event', 'INSERT') THEN 'worker' ELSE 'server' END,
  '{*}'::text[]
FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
WHERE c.oid = 'run'::regclass AND a.grantee <> c.relowner AND a.privilege_type = 'UPDATE';

ALTER TABLE worker ADD COLUMN login text;
ALTER TABLE worker ALTER COLUMN login SET DEFAULT current_user;

CREATE FUNCTION check_run() RETURNS trigger LANGUAGE plpgsql SET search_path = runbook, pg_temp AS $$
BEGIN
  IF row_security_active('run') AND (
    NEW.epoch < OLD.epoch OR NEW.holder IS DISTINCT FROM OLD.holder AND NEW.epoch = OLD.epoch
    OR (NEW.holder <> OLD.holder OR NEW.holder IS NOT NULL AND OLD.holder IS NULL OR
      (NEW.head_seq, NEW.head_hash, NEW.status, NEW.waiting_for, NEW.current_step, NEW.outcome, NEW.finished_at)
      IS DISTINCT FROM
      (OLD.head_seq, OLD.head_hash, OLD.status, OLD.waiting_for, OLD.current_step, OLD.outcome, OLD.finished_at))
    AND NOT EXISTS (SELECT FROM worker w
      WHERE w.id = NEW.holder AND coalesce(w.login, current_user) = current_user))
  THEN
    RAISE EXCEPTION 'only its holder moves a run on' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER held BEFORE UPDATE ON run FOR EACH ROW EXECUTE FUNCTION check_run();

CREATE FUNCTION check_lines() RETURNS trigger LANGUAGE plpgsql SET search_path = runbook, pg_temp AS $$
BEGIN
  IF row_security_active('run_event') AND EXISTS (
    SELECT FROM (SELECT run_id, min(seq) AS first, max(seq) AS last, count(*) AS lines,
        min(epoch) AS epoch, max(epoch) AS highest FROM added GROUP BY run_id) AS a
      LEFT JOIN run r ON r.id = a.run_id COLLATE "default"
      LEFT JOIN worker w ON w.id = r.holder AND coalesce(w.login, current_user) = current_user
    WHERE w.id IS NULL OR (a.epoch, a.highest, a.last) <> (r.epoch, r.epoch, r.head_seq)
      OR a.lines <> a.last - a.first + 1
      OR a.first <> 1 AND NOT EXISTS (
        SELECT FROM run_event e WHERE e.run_id = a.run_id AND e.seq = a.first - 1))
  THEN
    RAISE EXCEPTION 'only its holder writes the next lines of a run'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER held AFTER INSERT ON run_event REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION check_lines();
`;
