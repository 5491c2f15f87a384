/** Tests of the values that every protocol shares. */
@NullMarked
package dev.skein.protocol.message;

import org.jspecify.annotations.NullMarked;
