/** Tests of the client's half of MQTT 3.1.1, byte by byte. */
@NullMarked
package dev.skein.loadtest.mqtt;

import org.jspecify.annotations.NullMarked;
