/** The broker process: {@code Main}, its configuration, its wiring and its shutdown. Imported by nobody. */
@NullMarked
package dev.skein.node;

import org.jspecify.annotations.NullMarked;
