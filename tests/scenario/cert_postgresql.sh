#!/bin/bash
# cert_postgresql.sh - cert.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/cert.sh"
