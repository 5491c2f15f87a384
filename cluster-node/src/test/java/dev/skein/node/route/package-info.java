/** Tests of the routes of a node. */
@NullMarked
package dev.skein.node.route;

import org.jspecify.annotations.NullMarked;
