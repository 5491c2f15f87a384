/**
 * The one thread that writes. It takes every {@code Write} that waits, makes a {@code Plan} of them (their net effect,
 * grouped by kind) and commits it with {@code PlanRunner}. Queries of callers, and the decision what is too old or too
 * much, are not here.
 *
 * <p>Starting point: {@link dev.skein.persistence.jdbc.write.Committer}.
 */
@NullMarked
package dev.skein.persistence.jdbc.write;

import org.jspecify.annotations.NullMarked;
