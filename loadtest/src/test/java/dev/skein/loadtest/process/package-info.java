/** Tests of what is read from /proc. */
@NullMarked
package dev.skein.loadtest.process;

import org.jspecify.annotations.NullMarked;
