/** Tests of the links between nodes. */
@NullMarked
package dev.skein.node.link;

import org.jspecify.annotations.NullMarked;
