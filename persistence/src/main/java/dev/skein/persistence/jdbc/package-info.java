/**
 * The stores on JDBC, embedded H2 and PostgreSQL, made of the rooms below: {@code write}, one thread with its group
 * commit; {@code read}, a few threads that only read; {@code sweep}, which keeps bounds; {@code sql}, what these share.
 * No statement on messages, sessions, retained messages or wills stands here; that is for the rooms.
 *
 * <p>Starting point: {@link dev.skein.persistence.jdbc.JdbcStores}, the one class that others may use. Arrows point one
 * way: {@code sweep} knows {@code write} and {@code read}, which do not know each other, and all of them {@code sql}.
 */
@NullMarked
package dev.skein.persistence.jdbc;

import org.jspecify.annotations.NullMarked;
