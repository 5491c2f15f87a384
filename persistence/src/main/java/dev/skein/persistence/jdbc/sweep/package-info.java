/**
 * What is removed without a caller: messages that are too old or beyond a bound, bodies that no queue needs, space that
 * H2 leaves in its file. It finds the rows and does not delete them itself: the writer does.
 *
 * <p>Starting point: {@link dev.skein.persistence.jdbc.sweep.Sweeper}.
 */
@NullMarked
package dev.skein.persistence.jdbc.sweep;

import org.jspecify.annotations.NullMarked;
