/**
 * The stores on JDBC: embedded H2 and PostgreSQL.
 *
 * <p>Starting point: {@link dev.skein.persistence.jdbc.JdbcStores}. Every write is a {@code Write}; one thread, the
 * {@code Committer}, takes all that wait, turns them into a {@code Plan} (their net effect, grouped by kind) and
 * commits it with {@code PlanRunner}. Reads run on a small pool of threads ({@code Reads}). What differs between the
 * databases is in {@code Dialect}.
 */
@NullMarked
package dev.skein.persistence.jdbc;

import org.jspecify.annotations.NullMarked;
