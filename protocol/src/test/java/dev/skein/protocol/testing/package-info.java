/** Test helpers: bytes spelled field by field, and seeded inputs. */
@NullMarked
package dev.skein.protocol.testing;

import org.jspecify.annotations.NullMarked;
