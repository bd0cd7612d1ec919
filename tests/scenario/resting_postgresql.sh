#!/bin/bash
# resting_postgresql.sh - resting.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/resting.sh"
