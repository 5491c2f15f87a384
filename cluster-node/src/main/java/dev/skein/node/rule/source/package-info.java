/** What leads from a topic of a back end into an instance. */
@NullMarked
package dev.skein.node.rule.source;

import org.jspecify.annotations.NullMarked;
