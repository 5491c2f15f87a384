/** Tests of how messages are carried to and from back ends. */
@NullMarked
package dev.skein.node.rule.source;

import org.jspecify.annotations.NullMarked;
