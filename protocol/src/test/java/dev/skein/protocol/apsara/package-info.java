/** Tests of the ApsaraMQ for MQTT words. */
@NullMarked
package dev.skein.protocol.apsara;

import org.jspecify.annotations.NullMarked;
