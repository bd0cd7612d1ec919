#!/bin/bash
# sign_postgresql.sh - sign.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/sign.sh"
