/*
 * backup - what backup and restore agree on.
 */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H

#define BACKUP_FORMAT	"claviger/backup/v1"
#define RESTORE_FORMAT	"claviger/restore/v1"

#define OPT_HOUSE	{ .name = "house", .value = V_FOLDER, .meta = "FOLDER", \
	.otherwise = "/var/lib/claviger", .words = "the service's folder" }
#define OPT_KEEPER	{ .name = "keeper", .value = V_FOLDER, .meta = "FOLDER", \
	.otherwise = "/var/lib/claviger-keeper", .words = "the keeper's folder" }
#define OPT_STORE	{ .name = "store", .value = V_TEXT, .meta = "URL", \
	.otherwise = "sqlite:claviger.db", \
	.words = "the database: sqlite:PATH or postgresql:CONNINFO; a PATH that is given is relative to where you are (in clavigerd's store.url to the service's folder), the default to the service's folder" }
#define OPT_TOKEN_FOLDER { .name = "token-folder", .value = V_FOLDER, .meta = "FOLDER", \
	.words = "SoftHSM's token folder; left out for a hardware token" }

#endif
