#!/bin/bash
# drill_postgresql.sh - drill.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/drill.sh"
