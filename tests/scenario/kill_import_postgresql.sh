#!/bin/bash
# kill_import_postgresql.sh - kill_import.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/kill_import.sh"
