#!/bin/bash
# deltas_postgresql.sh - deltas.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/deltas.sh"
