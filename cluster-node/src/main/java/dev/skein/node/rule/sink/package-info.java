/** What leads from a rule to its target: the shell of {@code rule.flow}, with the spool and the connector's sink. */
@NullMarked
package dev.skein.node.rule.sink;

import org.jspecify.annotations.NullMarked;
