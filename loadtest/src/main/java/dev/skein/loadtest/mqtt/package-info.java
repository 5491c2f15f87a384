/**
 * A client's half of MQTT 3.1.1, made to cost far less than the broker under test. Starting point: {@code Connection}.
 */
@NullMarked
package dev.skein.loadtest.mqtt;

import org.jspecify.annotations.NullMarked;
