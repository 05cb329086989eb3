#!/bin/sh
# Creates the roles of the server and the worker when the database is created. What they may do is
# granted by `runbook server migrate`.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=server="$(cat /run/secrets/server_password)" \
  --set=worker="$(cat /run/secrets/worker_password)" <<'SQL'
CREATE ROLE runbook_server LOGIN PASSWORD :'server';
CREATE ROLE runbook_worker LOGIN PASSWORD :'worker';
SQL
