/** Tests of what nodes ask one another. */
@NullMarked
package dev.skein.node.info;

import org.jspecify.annotations.NullMarked;
