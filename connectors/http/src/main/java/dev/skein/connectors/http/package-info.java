/** HTTP: requests with messages to a URL, and a webhook that takes messages. The JDK alone. */
@NullMarked
package dev.skein.connectors.http;

import org.jspecify.annotations.NullMarked;
