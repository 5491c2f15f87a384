/** How a starting node finds the addresses of the others. */
@NullMarked
package dev.skein.node.discovery;

import org.jspecify.annotations.NullMarked;
