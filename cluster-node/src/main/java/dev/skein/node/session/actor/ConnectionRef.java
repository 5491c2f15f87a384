package dev.skein.node.session.actor;

import org.apache.pekko.actor.typed.ActorRef;

/**
 * One connection as actors see it.
 *
 * @param gateway the actor of the node that has it
 * @param id unique over nodes and restarts
 * @param node the life of that node
 */
public record ConnectionRef(ActorRef<ConnectionEvent> gateway, long id, long node) {}
