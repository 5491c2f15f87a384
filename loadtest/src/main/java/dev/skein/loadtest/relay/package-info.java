/** The least that a broker can do, to measure brokers against. Starting point: {@code Relay}. */
@NullMarked
package dev.skein.loadtest.relay;

import org.jspecify.annotations.NullMarked;
