/**
 * What writer, readers and sweep share of the database: connections, its dialect and errors, keys, and columns that one
 * of them writes and another reads. No thread and no decision is here.
 */
@NullMarked
package dev.skein.persistence.jdbc.sql;

import org.jspecify.annotations.NullMarked;
