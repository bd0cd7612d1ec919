#!/bin/bash
# ocsp_away_postgresql.sh - ocsp_away.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/ocsp_away.sh"
