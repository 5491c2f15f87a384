/**
 * What a node counts and measures. {@link dev.skein.node.observe.NodeMetrics} hands out plain counters for the paths
 * that every message takes; {@code docs/metrics.md} lists the names.
 */
@NullMarked
package dev.skein.node.observe;

import org.jspecify.annotations.NullMarked;
