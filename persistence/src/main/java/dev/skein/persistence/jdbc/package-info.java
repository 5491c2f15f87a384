/**
 * The stores on JDBC, embedded H2 and PostgreSQL: opens the database, and gives each call of the API to the packages
 * below. {@code write} is the one thread that commits, {@code read} the threads that read, {@code sweep} what keeps the
 * bounds, {@code sql} what these share. Of the tables, only the rows of nodes are read and written here.
 *
 * <p>Starting point: {@link dev.skein.persistence.jdbc.JdbcStores}, the only class that other packages may use.
 * {@code sweep} knows {@code write} and {@code read}, which do not know each other, and all three know {@code sql}.
 */
@NullMarked
package dev.skein.persistence.jdbc;

import org.jspecify.annotations.NullMarked;
