#!/bin/bash
# held_before_postgresql.sh - held_before.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/held_before.sh"
