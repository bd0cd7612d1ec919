#!/bin/bash
# elsewhere_postgresql.sh - elsewhere.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/elsewhere.sh"
