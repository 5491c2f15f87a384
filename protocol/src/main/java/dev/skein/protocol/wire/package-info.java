/** What every wire format shares: strict UTF-8 and the form of failure texts. */
@NullMarked
package dev.skein.protocol.wire;

import org.jspecify.annotations.NullMarked;
