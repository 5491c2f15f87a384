/**
 * The configuration: reading it from its sources, checking it, showing it. Each part of the node has the record of its
 * own settings; {@link dev.skein.node.config.NodeConfig} holds them all. Imported by the process and the wiring alone.
 *
 * <p>Starting points: {@link dev.skein.node.config.ConfigOptions} for where it comes from,
 * {@link dev.skein.node.config.NodeConfig} for what it becomes.
 */
@NullMarked
package dev.skein.node.config;

import org.jspecify.annotations.NullMarked;
