package dev.skein.node.control;

import org.jspecify.annotations.Nullable;

/**
 * What one request has deleted.
 *
 * @param deleted retained messages
 * @param next what to go on with; null when there is nothing left to look at
 */
public record RetainedDeleted(int deleted, @Nullable String next) {}
