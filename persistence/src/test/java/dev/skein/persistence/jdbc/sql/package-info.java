/** What the parts of the JDBC stores share. */
@NullMarked
package dev.skein.persistence.jdbc.sql;

import org.jspecify.annotations.NullMarked;
