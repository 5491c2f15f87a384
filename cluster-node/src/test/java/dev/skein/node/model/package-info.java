/** The documented model over real sockets: one node with instances of every kind, in this process. */
@NullMarked
package dev.skein.node.model;

import org.jspecify.annotations.NullMarked;
