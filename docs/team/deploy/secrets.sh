#!/bin/sh
# Writes the passwords, the URLs with them, and the secret of alerts to the folder `secrets`, once.
set -eu
cd -- "$(dirname -- "$0")"
mkdir secrets
chmod 700 secrets
for role in owner server worker; do
  password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  printf %s "$password" >"secrets/${role}_password"
  printf %s "postgres://runbook_$role:$password@database/runbook" >"secrets/${role}_database_url"
done
od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >secrets/alert_secret
# Processes in containers have other users than this one; on this machine the folder keeps others out.
chmod 444 secrets/*
echo 'Write the URL that the worker connects to your database with: secrets/shop_database_url'
