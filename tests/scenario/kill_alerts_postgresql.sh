#!/bin/bash
# kill_alerts_postgresql.sh - kill_alerts.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/kill_alerts.sh"
