package dev.skein.node.session.actor;

import dev.skein.node.session.lock.Connection;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * One connection as actors see it.
 *
 * @param gateway the actor of the node that has it
 * @param id unique over nodes and restarts
 * @param node the incarnation of that node
 */
public record ConnectionRef(ActorRef<ConnectionEvent> gateway, long id, long node) implements Connection {}
