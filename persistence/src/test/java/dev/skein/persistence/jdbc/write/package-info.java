/** The writing thread and its commits. */
@NullMarked
package dev.skein.persistence.jdbc.write;

import org.jspecify.annotations.NullMarked;
