package dev.skein.persistence.journal;

import dev.skein.protocol.message.Content;
import dev.skein.protocol.message.Origin;

/** What a message says, whoever gets it. */
public record Body(String instance, String topic, Content content, Origin origin) {}
