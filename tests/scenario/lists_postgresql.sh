#!/bin/bash
# lists_postgresql.sh - lists.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/lists.sh"
