/** Kafka, through its own client. */
@NullMarked
package dev.skein.connectors.kafka;

import org.jspecify.annotations.NullMarked;
