#!/bin/bash
# ocsp_revoked_postgresql.sh - ocsp_revoked.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/ocsp_revoked.sh"
