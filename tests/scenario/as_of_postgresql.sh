#!/bin/bash
# as_of_postgresql.sh - as_of.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/as_of.sh"
