/** The addresses that listeners bind. JDK only. */
@NullMarked
package dev.skein.node.net;

import org.jspecify.annotations.NullMarked;
