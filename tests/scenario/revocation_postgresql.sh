#!/bin/bash
# revocation_postgresql.sh - revocation.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/revocation.sh"
