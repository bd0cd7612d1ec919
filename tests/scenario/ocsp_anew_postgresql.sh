#!/bin/bash
# ocsp_anew_postgresql.sh - ocsp_anew.sh with the house's tables in PostgreSQL.
engine=postgresql exec bash "$(dirname "$0")/ocsp_anew.sh"
