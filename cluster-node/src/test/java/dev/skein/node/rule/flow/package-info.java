/** Tests of the state machine of rules. */
@NullMarked
package dev.skein.node.rule.flow;

import org.jspecify.annotations.NullMarked;
