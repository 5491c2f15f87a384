/** What every implementation of the stores must do: one contract test and its helpers. */
@NullMarked
package dev.skein.persistence.contract;

import org.jspecify.annotations.NullMarked;
