/**
 * What became of clients and messages on this node, kept in files of its own: no network, no database.
 *
 * <p>Starting point: {@link dev.skein.persistence.trace.TraceStore}. {@link dev.skein.persistence.trace.TraceBatch} is
 * what is written at a time, {@link dev.skein.persistence.trace.BatchReader} reads it, a segment is a file of batches
 * with the index of its client IDs and Message IDs beside it.
 */
@NullMarked
package dev.skein.persistence.trace;

import org.jspecify.annotations.NullMarked;
