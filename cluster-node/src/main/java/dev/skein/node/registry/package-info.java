/**
 * The resources of an instance: an event-sourced actor each, and the read-only copies that network threads use.
 *
 * <p>Starting points: {@link dev.skein.node.registry.RegistryService}, {@link dev.skein.node.registry.InstanceView}.
 */
@NullMarked
package dev.skein.node.registry;

import org.jspecify.annotations.NullMarked;
