#!/bin/bash
# inventory_postgresql.sh - inventory.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/inventory.sh"
