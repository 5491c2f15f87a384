/** Discovery against servers that speak the real protocols. */
@NullMarked
package dev.skein.node.discovery;

import org.jspecify.annotations.NullMarked;
