/** MQTT's own words and rules, free of buffers and channels. */
@NullMarked
package dev.skein.protocol.mqtt;

import org.jspecify.annotations.NullMarked;
