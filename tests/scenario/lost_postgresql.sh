#!/bin/bash
# lost_postgresql.sh - lost.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/lost.sh"
