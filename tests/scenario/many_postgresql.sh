#!/bin/bash
# many_postgresql.sh - many.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/many.sh"
