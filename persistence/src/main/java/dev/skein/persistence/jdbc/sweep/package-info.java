/**
 * What goes without being asked for: messages that are too old or beyond a bound, bodies that no queue needs, space
 * that H2 leaves in its file. It reads which rows these are; the writer removes them.
 *
 * <p>Starting point: {@link dev.skein.persistence.jdbc.sweep.Sweeper}.
 */
@NullMarked
package dev.skein.persistence.jdbc.sweep;

import org.jspecify.annotations.NullMarked;
