/**
 * Who gets a message: the subscription trie and the route table, free of actors, channels and clocks.
 *
 * <p>Starting points: {@link dev.skein.node.route.RouteTables#match} on the publish path,
 * {@link dev.skein.node.route.RouteTable} for one parent topic.
 */
@NullMarked
package dev.skein.node.route;

import org.jspecify.annotations.NullMarked;
