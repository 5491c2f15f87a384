/** The MQTT 3.1.1 conformance suite: cases as data, one runner over real sockets, and the table of clauses. */
@NullMarked
package dev.skein.node.conformance;

import org.jspecify.annotations.NullMarked;
