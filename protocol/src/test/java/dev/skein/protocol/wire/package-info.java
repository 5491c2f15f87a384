/** Tests of strict UTF-8 and failure texts. */
@NullMarked
package dev.skein.protocol.wire;

import org.jspecify.annotations.NullMarked;
