/**
 * The lock on a client ID as a pure machine: who holds the client ID, who waits for it, and what has to be done. It
 * knows neither actors nor clocks; the shell, {@code session.actor}, brings inputs with the time and does what is
 * returned.
 *
 * <p>Starting points: {@link dev.skein.node.session.lock.SessionLock} and {@link dev.skein.node.session.lock.State}.
 */
@NullMarked
package dev.skein.node.session.lock;

import org.jspecify.annotations.NullMarked;
