/** Tests of the module as a whole. */
@NullMarked
package dev.skein.protocol;

import org.jspecify.annotations.NullMarked;
