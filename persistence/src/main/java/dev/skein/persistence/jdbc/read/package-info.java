/**
 * The threads that read, and the queries of the API: pages of queues, sessions, routes, retained messages, wills.
 * Nothing here changes a row or waits for the writer.
 *
 * <p>Starting point: {@link dev.skein.persistence.jdbc.read.Reads}.
 */
@NullMarked
package dev.skein.persistence.jdbc.read;

import org.jspecify.annotations.NullMarked;
