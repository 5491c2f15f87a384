/** Tests of topic names and filters. */
@NullMarked
package dev.skein.protocol.mqtt.topic;

import org.jspecify.annotations.NullMarked;
