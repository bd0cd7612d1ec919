#!/bin/bash
# beyond_postgresql.sh - beyond.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/beyond.sh"
