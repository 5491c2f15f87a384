/** The JDBC stores on H2 and PostgreSQL. */
@NullMarked
package dev.skein.persistence.jdbc;

import org.jspecify.annotations.NullMarked;
