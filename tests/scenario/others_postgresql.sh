#!/bin/bash
# others_postgresql.sh - others.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/others.sh"
