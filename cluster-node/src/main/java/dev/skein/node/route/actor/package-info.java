/**
 * The actors of routing: a sharded router for each parent topic, and on each node the keeper of its route tables.
 *
 * <p>Starting points: {@link dev.skein.node.route.actor.TopicRouter}, {@link dev.skein.node.route.actor.TableKeeper}.
 */
@NullMarked
package dev.skein.node.route.actor;

import org.jspecify.annotations.NullMarked;
