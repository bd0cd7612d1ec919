#!/bin/bash
# batch_kill_postgresql.sh - batch_kill.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/batch_kill.sh"
