@NullMarked
package dev.skein.node.trace;

import org.jspecify.annotations.NullMarked;
