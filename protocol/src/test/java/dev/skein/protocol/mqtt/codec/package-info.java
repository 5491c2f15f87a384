/** Tests of the wire format, on bytes spelled field by field. */
@NullMarked
package dev.skein.protocol.mqtt.codec;

import org.jspecify.annotations.NullMarked;
