/** Tests of the journal on disks that lose power and bits, and without a database. */
@NullMarked
package dev.skein.persistence.journal;

import org.jspecify.annotations.NullMarked;
