/**
 * What became of clients and messages: observers write records, files keep them ({@code persistence.trace}), and a
 * question is asked of all nodes.
 *
 * <p>Starting point: {@link dev.skein.node.trace.Tracing}. Recording is best effort and never holds anything up: what
 * finds no room is dropped and counted.
 */
@NullMarked
package dev.skein.node.trace;

import org.jspecify.annotations.NullMarked;
