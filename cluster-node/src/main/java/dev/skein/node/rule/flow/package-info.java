/**
 * What is on its way to the target of one rule: a state machine without threads, clocks and input or output. It decides
 * what is sent, what goes to the spool, and when a publisher has its answer.
 */
@NullMarked
package dev.skein.node.rule.flow;

import org.jspecify.annotations.NullMarked;
