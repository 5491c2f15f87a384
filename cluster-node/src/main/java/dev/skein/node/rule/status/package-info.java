/** Notices of who comes and goes, for status rules. */
@NullMarked
package dev.skein.node.rule.status;

import org.jspecify.annotations.NullMarked;
