#!/bin/bash
# known_keys_postgresql.sh - known_keys.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/known_keys.sh"
