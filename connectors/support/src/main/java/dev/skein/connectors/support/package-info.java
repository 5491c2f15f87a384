/**
 * What connectors share: lanes that keep the order of records, messages of a source that are not settled yet, problems
 * of settings. The JDK and the interface alone. Each connector has it in its own class loader.
 */
@NullMarked
package dev.skein.connectors.support;

import org.jspecify.annotations.NullMarked;
