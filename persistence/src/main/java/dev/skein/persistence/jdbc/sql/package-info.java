/**
 * What writer, readers and sweep share of the database: connections, dialect, errors, keys, columns, and how sessions
 * are looked up. It has no thread and decides nothing.
 */
@NullMarked
package dev.skein.persistence.jdbc.sql;

import org.jspecify.annotations.NullMarked;
