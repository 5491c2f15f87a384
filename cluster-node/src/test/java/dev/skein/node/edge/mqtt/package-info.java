/** Tests of the transports over real sockets. */
@NullMarked
package dev.skein.node.edge.mqtt;

import org.jspecify.annotations.NullMarked;
