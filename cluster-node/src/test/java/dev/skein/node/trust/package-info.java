/** Tests of who is let in at the port between nodes. */
@NullMarked
package dev.skein.node.trust;

import org.jspecify.annotations.NullMarked;
