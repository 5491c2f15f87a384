/**
 * Who gets a message: the subscription trie and the route table, free of actors, channels and clocks.
 *
 * <p>Starting points: {@link dev.skein.node.route.RouteTable#match} on the publish path,
 * {@link dev.skein.node.route.RouteTables} for the tables of a node.
 */
@NullMarked
package dev.skein.node.route;

import org.jspecify.annotations.NullMarked;
