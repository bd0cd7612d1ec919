/*
 * json_memory - did jansson run out of memory?  It does not always say.
 *
 * Floor 1, inside base.  Threads: each counts its own.
 *
 * jansson 2.14 leaves out an optional member ("s:s*") that it cannot make, a
 * name that it cannot spell and a member that it cannot copy, and reports
 * success.  So its allocations are counted, and who asks compares.
 */
#ifndef BASE_JSON_MEMORY_H
#define BASE_JSON_MEMORY_H

/** json_shortages - how many of jansson's allocations have failed in this thread. */
unsigned json_shortages(void);

#endif
