/**
 * The sharded session actor: lock on a client ID and home of its session.
 *
 * <p>Starting points: {@link dev.skein.node.session.actor.ClientSession} and the messages it exchanges with the
 * connections, {@link dev.skein.node.session.actor.SessionCommand} and
 * {@link dev.skein.node.session.actor.ConnectionEvent}.
 */
@NullMarked
package dev.skein.node.session.actor;

import org.jspecify.annotations.NullMarked;
