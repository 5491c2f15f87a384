/** The ApsaraMQ for MQTT words: client IDs, groups, parent topics, signatures and tokens. */
@NullMarked
package dev.skein.protocol.apsara;

import org.jspecify.annotations.NullMarked;
