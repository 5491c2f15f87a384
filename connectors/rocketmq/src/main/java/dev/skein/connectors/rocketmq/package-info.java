/**
 * RocketMQ 4 and 5 by the remoting protocol, through Apache's client 4.9. It uses parts of that client that are not its
 * public interface, so its version is fixed in the parent pom.
 */
@NullMarked
package dev.skein.connectors.rocketmq;

import org.jspecify.annotations.NullMarked;
