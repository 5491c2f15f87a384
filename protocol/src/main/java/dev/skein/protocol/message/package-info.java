/** Values that every protocol shares. The JDK alone; no wire format. */
@NullMarked
package dev.skein.protocol.message;

import org.jspecify.annotations.NullMarked;
