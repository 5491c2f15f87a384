package dev.skein.persistence.api;

import java.util.List;

/**
 * A piece of one queue, in order.
 *
 * @param messages oldest first
 * @param more whether messages after the last one were there when the page was read
 */
public record QueuePage(List<QueuedMessage> messages, boolean more) {}
