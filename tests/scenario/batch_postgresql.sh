#!/bin/bash
# batch_postgresql.sh - batch.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/batch.sh"
