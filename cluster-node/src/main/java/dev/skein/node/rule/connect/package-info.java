/** Connectors: their jars, each kind in a class loader of its own, and what the configuration says of them. */
@NullMarked
package dev.skein.node.rule.connect;

import org.jspecify.annotations.NullMarked;
