/** Topic names and topic filters: what is legal and what matches. No buffers. */
@NullMarked
package dev.skein.protocol.topic;

import org.jspecify.annotations.NullMarked;
