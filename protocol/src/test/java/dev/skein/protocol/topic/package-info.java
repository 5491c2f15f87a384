/** Tests of topic names and filters. */
@NullMarked
package dev.skein.protocol.topic;

import org.jspecify.annotations.NullMarked;
