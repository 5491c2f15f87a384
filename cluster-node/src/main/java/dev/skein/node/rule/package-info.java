/**
 * Rules between instances and back ends on this node: {@link dev.skein.node.rule.RuleEngine} keeps them in step with
 * the registry.
 */
@NullMarked
package dev.skein.node.rule;

import org.jspecify.annotations.NullMarked;
