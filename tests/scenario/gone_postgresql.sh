#!/bin/bash
# gone_postgresql.sh - gone.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/gone.sh"
