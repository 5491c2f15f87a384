/** Tests of the checks and of who talks to whom. */
@NullMarked
package dev.skein.loadtest.load;

import org.jspecify.annotations.NullMarked;
