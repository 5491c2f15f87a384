/**
 * Rules between instances and back ends: a real node in a process, and a connector of the tests in a jar of its own.
 */
@NullMarked
package dev.skein.node.rule;

import org.jspecify.annotations.NullMarked;
