/** Everybody's clients against Skein: Paho, HiveMQ's client, mosquitto's tools and MQTT.js. */
@NullMarked
package dev.skein.node.interop;

import org.jspecify.annotations.NullMarked;
