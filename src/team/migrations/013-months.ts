/**
 * The partitions of coming months, which any process of the team may add, and an index of the workers that
 * are there, however many have ended. Names of months whose lines are in the default partition, which cannot
 * be split under them, are returned.
 */
export const MONTHS = `
CREATE INDEX worker_there ON worker (id) WHERE state IN ('alive', 'draining');

CREATE FUNCTION add_months(ahead int) RETURNS SETOF text LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = runbook, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  first timestamp;
  month text;
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(7212, 2);
  FOR i IN 0 .. least(ahead, 12) - 1 LOOP
    first := date_trunc('month', now() AT TIME ZONE 'UTC') + i * interval '1 month';
    month := to_char(first, 'YYYYMM');
    FOREACH part IN ARRAY ARRAY['run_event', 'run_output'] LOOP
      CONTINUE WHEN to_regclass(part || '_' || month) IS NOT NULL;
      BEGIN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
          part || '_' || month, part, month, to_char(first + interval '1 month', 'YYYYMM'));
      EXCEPTION WHEN check_violation THEN
        RETURN NEXT month;
      END;
    END LOOP;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION add_months(int) FROM PUBLIC;
`;
