/** Tests of the transports over real sockets. */
@NullMarked
package dev.skein.node.edge;

import org.jspecify.annotations.NullMarked;
