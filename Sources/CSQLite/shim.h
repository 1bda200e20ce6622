#include <sqlite3.h>

/// Refuses what could damage the file by SQL alone; `sqlite3_db_config` is variadic, which Swift does not call.
static inline int sqlite3_db_config_defensive(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}
