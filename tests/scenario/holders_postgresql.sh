#!/bin/bash
# holders_postgresql.sh - holders.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/holders.sh"
