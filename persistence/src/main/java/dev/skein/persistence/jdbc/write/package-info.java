/**
 * The one thread that writes: it takes every {@code Write} that waits, makes a {@code Plan} of them (their net effect,
 * grouped by kind) and commits it with {@code PlanRunner}. What is only read, and what decides that something must go,
 * is not here.
 *
 * <p>Starting point: {@link dev.skein.persistence.jdbc.write.Committer}.
 */
@NullMarked
package dev.skein.persistence.jdbc.write;

import org.jspecify.annotations.NullMarked;
