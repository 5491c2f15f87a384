package dev.skein.protocol.message;

/**
 * By whom a message was handed to a member of a shared subscription on this node: that node keeps it until it hears
 * that the member has taken it.
 *
 * @param node incarnation of that node
 * @param loop its event loop
 * @param ticket of the message there
 */
public record Handover(long node, int loop, long ticket) {}
