/** The ApsaraMQ for MQTT words: client IDs, groups, parent topics and signatures. */
@NullMarked
package dev.skein.protocol.apsara;

import org.jspecify.annotations.NullMarked;
