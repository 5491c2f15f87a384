/** Values that every protocol shares: topic, content, subscription, origin, identity, reason. The JDK alone. */
@NullMarked
package dev.skein.protocol.message;

import org.jspecify.annotations.NullMarked;
