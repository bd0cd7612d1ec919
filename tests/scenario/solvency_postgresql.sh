#!/bin/bash
# solvency_postgresql.sh - solvency.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/solvency.sh"
