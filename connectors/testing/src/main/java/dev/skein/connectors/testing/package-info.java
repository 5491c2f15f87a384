/**
 * Real servers in processes of their own, and what every connector must do with them. A test depends on this module;
 * the class paths of the servers are those that the modules under {@code servers} leave.
 */
@NullMarked
package dev.skein.connectors.testing;

import org.jspecify.annotations.NullMarked;
