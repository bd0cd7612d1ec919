#!/bin/bash
# restore_postgresql.sh - restore.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/restore.sh"
